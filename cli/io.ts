import type { Readable, Writable } from "node:stream";

/** Where a command reads from and writes to: the process, or a test. */
export interface Io {
  readonly stdin: Readable;
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Progress, logs and failures. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where somebody can be asked: a terminal that keys are read from and whose cursor can be moved. Absent elsewhere. */
  readonly person?: { readonly input: Readable; readonly output: Writable };
  /** Aborted when the user or the system asks the command to end; its reason names the signal. */
  readonly signal: AbortSignal;
}

export interface Output {
  /** Resolves when the text is handed on, so that a slow reader slows the command down. Rejects with ClosedOutput. */
  write(text: string): Promise<void>;
  /** Writes over the line that was drawn last; on a terminal alone. */
  redraw(line: string): Promise<void>;
  readonly terminal: boolean;
}

/**
 * What a terminal obeys instead of showing it (C0, DEL, C1: colours, titles, links, the cursor, the bell), what ends a line
 * where JSON doesn't, and what turns the direction of text. Line feeds and tabs stay, and so does the CR of a CSV's line end.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
// eslint-disable-next-line no-control-regex
const OBEYED = /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escaped as JSON escapes it, so that JSON says the same as before. */
function harmless(text: string): string {
  return text.replaceAll(OBEYED, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of a stranger within one line or cell: it can't end the line either, and nothing in it is unseen. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function harmlessOutput(raw: Output): Output {
  return {
    terminal: raw.terminal,
    write: (text) => raw.write(harmless(text)),
    redraw: (line) => raw.redraw(harmless(line)),
  };
}

/**
 * The same, but for what a terminal would obey: names of events, tags, files and messages of providers come from strangers.
 * All that a command prints passes here, once, whatever prints it.
 */
export function harmlessIo(io: Io): Io {
  return { ...io, stdout: harmlessOutput(io.stdout), stderr: harmlessOutput(io.stderr) };
}

/** Whoever read our output has gone, as `head` does when it has seen enough: no failure of ours. */
export class ClosedOutput extends Error {
  override readonly name = "ClosedOutput";
}

/** Whoever was asked something wants no more of it. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Exit codes that scripts rely on. */
export const EXIT = {
  done: 0,
  /** Findings; rejected or failed resources of `enforce --apply`. */
  findings: 1,
  /** Bad usage, policy, configuration or input. */
  usage: 2,
  /** A provider couldn't be used. */
  provider: 3,
  /** A defect of tagwarden itself. */
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;
