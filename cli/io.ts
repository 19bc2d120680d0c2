import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { withoutUnseen } from "../lib/core/shown.ts";

/** What the process, or a test, offers a command to read from and to write to. */
export interface RawIo {
  readonly stdin: Readable;
  /** Results, and nothing else. */
  readonly stdout: RawOutput;
  /** Progress, logs and failures. */
  readonly stderr: RawOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where somebody can be asked: a terminal that keys are read from and whose cursor can be moved. Absent elsewhere. */
  readonly person?: { readonly input: Readable; readonly output: Writable };
  /** Aborted when the user or the system asks the command to end; its reason names the signal. */
  readonly signal: AbortSignal;
}

export interface RawOutput {
  /** Resolves when the text is handed on, so that a slow reader slows the command down. Rejects with ClosedOutput. */
  write(text: string): Promise<void>;
  /** Writes over the line that was drawn last; on a terminal alone. */
  redraw(line: string): Promise<void>;
  readonly terminal: boolean;
  /** How many characters fit beside each other; undefined where there is no terminal, or one that doesn't know. */
  readonly columns?: number | undefined;
}

/** Where a command reads from and writes to. */
export interface Io extends RawIo {
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output extends RawOutput {
  /** Writes text of which some has a style; without one where there are no colours. */
  print(pieces: readonly Piece[]): Promise<void>;
  readonly colours: boolean;
  /** Whether a line can be drawn again. */
  readonly redraws: boolean;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow";

export type Piece = string | { readonly text: string; readonly style: Style | undefined };

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

/** Text of a stranger within one line or cell: it can't end the line either, and nothing in it is unseen. */
export function plainText(text: string): string {
  return withoutUnseen(text);
}

/**
 * Whether colours are wanted: https://no-color.org, and https://force-color.org, which goes further. A terminal that
 * doesn't say what it is has none, but for those of Windows, which never say.
 */
function wantsColours({ terminal }: RawOutput, { NO_COLOR: no = "", FORCE_COLOR: force = "", TERM: term }: Io["env"]) {
  if (force !== "") return force !== "0" && force !== "false";
  if (no !== "" || !terminal) return false;
  return term === undefined ? process.platform === "win32" : term !== "dumb";
}

/**
 * The same, but for what a terminal would obey: names of events, tags, files and messages of providers come from strangers.
 * All that a command prints passes here, once, whatever prints it. A line that was drawn to tell of progress is gone
 * before anything else is written.
 */
export function harmlessIo(io: RawIo, { colours = true }: { readonly colours?: boolean } = {}): Io {
  let isDrawn = false;
  const clear = async (): Promise<void> => {
    if (!isDrawn) return;
    isDrawn = false;
    await io.stderr.redraw("");
  };
  const output = (raw: RawOutput): Output => {
    const coloured = colours && wantsColours(raw, io.env);
    const write = async (text: string): Promise<void> => {
      await clear();
      await raw.write(text);
    };
    return {
      terminal: raw.terminal,
      get columns() {
        return raw.columns;
      },
      colours: coloured,
      redraws: raw.terminal && io.env["TERM"] !== "dumb",
      write: (text) => write(harmless(text)),
      print: (pieces) => write(pieces.map((piece) => styled(piece, coloured)).join("")),
      async redraw(line) {
        if (line === "") return clear();
        isDrawn = true;
        await raw.redraw(harmless(line));
      },
    };
  };
  return { ...io, stdout: output(io.stdout), stderr: output(io.stderr) };
}

/** Colours are put round what is harmless already, so that nobody else's get through. */
function styled(piece: Piece, coloured: boolean): string {
  if (typeof piece === "string") return harmless(piece);
  const text = harmless(piece.text);
  const { style } = piece;
  return coloured && style !== undefined && text !== "" ? styleText(style, text, { validateStream: false }) : text;
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
