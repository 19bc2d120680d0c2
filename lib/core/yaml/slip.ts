import { parseDocument, type Document, type LineCounter } from "yaml";

/** What somebody mistyped, said once, and the text that would mend it, where there is no doubt about it. */
export interface Slip {
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
  readonly mends: readonly Mend[];
  /** What stands there is read as text, and may be no legal one: that is no slip of its own. */
  readonly isText?: true;
}

/** Text that has to be put in at an offset, in place of so many characters there. */
export interface Mend {
  readonly at: number;
  readonly text: string;
  /** 0 where nothing is said. */
  readonly length?: number;
}

export type SyntaxError = Document["errors"][number];

/** A text, what the parser made of it, and the error that is looked into. */
export interface Place {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly error: SyntaxError;
}

export function parse(text: string, lineCounter?: LineCounter): Document.Parsed {
  // Its own check for equal keys compares each with each, which takes minutes on a hostile file.
  const options = { uniqueKeys: false, prettyErrors: false, version: "1.2" } as const;
  return parseDocument(text, lineCounter === undefined ? options : { ...options, lineCounter });
}

/** The text with what was missing. */
export function mended(text: string, mends: readonly Mend[]): string {
  let done = "";
  let from = 0;
  for (const { at, text: missing, length = 0 } of mends.toSorted((one, other) => one.at - other.at)) {
    done += text.slice(from, at) + missing;
    from = at + length;
  }
  return done + text.slice(from);
}

/** Where this offset was before the text was mended; the mends are in their order. */
export function unmended(offset: number, mends: readonly Mend[]): number {
  let longer = 0;
  for (const { at, text, length = 0 } of mends) {
    const into = offset - (at + longer);
    if (into < 0) break;
    if (into < text.length) return at + Math.min(length, into);
    longer += text.length - length;
  }
  return offset - longer;
}

/** Whether these mends mend anything: where they don't, the error is about something else. */
export function areMends({ text, document }: Place, mends: readonly Mend[]): boolean {
  return mends.length > 0 && parse(mended(text, mends)).errors.length < document.errors.length;
}

/** The lines that a range of offsets touches. */
export function linesOf(text: string, [from, to]: readonly [number, number]): { start: number; line: string }[] {
  const first = text.lastIndexOf("\n", from - 1) + 1;
  const end = text.indexOf("\n", Math.max(from, to - 1));
  let start = first;
  return text
    .slice(first, end < 0 ? text.length : end)
    .split("\n")
    .map((line) => {
      const one = { start, line };
      start += line.length + 1;
      return one;
    });
}

const LONGEST_SHOWN = 60;

/** So much of what somebody wrote as a message has room for. */
export function shortened(value: string): string {
  const trimmed = value.trim();
  return trimmed.length <= LONGEST_SHOWN ? trimmed : `${trimmed.slice(0, LONGEST_SHOWN)}…`;
}

/** Of a line that is the first one of an entry in a list. */
export function missingDash(line: string): string {
  return `a dash is missing: write \`- ${shortened(line)}\``;
}

/** Where the first key of a line stands; dashes in front of it are part of its indentation. */
export const indentOf = (line: string): number => (/^ *(?:- +)*/.exec(line)?.[0] ?? "").length;
