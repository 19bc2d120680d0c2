import { isCollection, isMap, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";

/** A text without slips, or with those mended that leave no doubt, so that what else is wrong gets said too. */
export interface ReadSyntax {
  readonly document: Document.Parsed;
  /** Line and column in the text as it was written. */
  placeOf(offset: number): { readonly line: number; readonly column: number };
}

/** What somebody mistyped, said once, and the text that would mend it, where there is no doubt about it. */
interface Slip {
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
  readonly mends: readonly Mend[];
}

/** Text that has to be put in at an offset. */
interface Mend {
  readonly at: number;
  readonly text: string;
}

type SyntaxError = Document["errors"][number];

interface Place {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly error: SyntaxError;
}

/** Slips that are mended, and characters that are read for it: a file that is wrong everywhere isn't read for minutes. */
const MOST_MENDED = 50;
const MOST_READ = 300_000;

/**
 * Reads the syntax of a text, and says each slip in it once, in words of people. Undefined where it can't be read beyond
 * one of them.
 */
export function readSyntax(
  text: string,
  say: (place: { readonly line: number; readonly column: number }, message: string) => void,
): ReadSyntax | undefined {
  const lines = new LineCounter();
  const mendings: (readonly Mend[])[] = [];
  let current = text;
  let document = parse(current, lines);
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(mendings.reduceRight(unmended, offset));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  for (let read = text.length; ; read += current.length) {
    const slips = firstSlips(document, current);
    if (slips === undefined) return { document, placeOf };
    for (const { at, message } of slips) say(placeOf(at), message);
    const mends = slips.flatMap((slip) => slip.mends);
    if (mends.length === 0 || mendings.length >= MOST_MENDED || read + current.length > MOST_READ) return undefined;
    mendings.push(mends.toSorted((one, other) => one.at - other.at));
    current = mended(current, mends);
    document = parse(current);
  }
}

function parse(text: string, lineCounter?: LineCounter): Document.Parsed {
  // Its own check for equal keys compares each with each, which takes minutes on a hostile file.
  const options = { uniqueKeys: false, prettyErrors: false, version: "1.2" } as const;
  return parseDocument(text, lineCounter === undefined ? options : { ...options, lineCounter });
}

/** What the rest of a line has to look like for the first word on it to be a key whose colon stands without a space. */
const TIGHT_COLON = /^( *(?:- +)*)([\w$-]+):(?=[^\s:/])(.*)/;
const TIGHT_DASH = /^( *)-(?=[\w"'{[])(.*)/;

/**
 * The slips behind the first error of a text; undefined where there is none. What the parser says after its first error
 * is mostly a consequence of it, so the rest is read when these are mended.
 */
function firstSlips(document: Document.Parsed, text: string): readonly Slip[] | undefined {
  // What the parser says after it has given up is of its own making.
  const error = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION") ?? document.errors[0];
  if (error === undefined) return undefined;
  const place: Place = { text, document, error };
  const tight = TIGHT_CODES.has(error.code) ? tightLines(place) : [];
  return tight.length > 0 ? tight : [{ at: error.pos[0], mends: [], ...explain(place) }];
}

/** Errors that a missing space may be behind; the others say themselves what they are about. */
const TIGHT_CODES: ReadonlySet<string> = new Set([
  "MULTILINE_IMPLICIT_KEY",
  "MISSING_CHAR",
  "UNEXPECTED_TOKEN",
  "BLOCK_AS_IMPLICIT_KEY",
]);

/** The lines of an error on which a space is missing, if they are what it is about. */
function tightLines({ text, document, error }: Place): readonly Slip[] {
  const slips: Slip[] = [];
  for (const { start, line } of linesOf(text, error.pos)) {
    const [, before = "", key, value = ""] = TIGHT_COLON.exec(line) ?? [];
    const [, indent = "", rest] = TIGHT_DASH.exec(line) ?? [];
    if (key !== undefined) {
      const at = start + before.length;
      const message = `a space is missing after the colon: write \`${key}: ${shortened(value)}\``;
      slips.push({ at, message, mends: [{ at: at + key.length + 1, text: " " }] });
    } else if (rest !== undefined) {
      const at = start + indent.length;
      const message = `a space is missing after the dash: write \`- ${shortened(rest)}\``;
      slips.push({ at, message, mends: [{ at: at + 1, text: " " }] });
    }
  }
  const mends = slips.flatMap((slip) => slip.mends);
  // Where they mend nothing, the error is about something else.
  return mends.length > 0 && parse(mended(text, mends)).errors.length < document.errors.length ? slips : [];
}

type Explanation = Partial<Slip> & Pick<Slip, "message">;

function explain(place: Place): Explanation {
  return EXPLANATIONS[place.error.code]?.(place, place.error.pos[0]) ?? { message: place.error.message };
}

/** By what the parser calls the error; undefined where its own words are as good. */
const EXPLANATIONS: Partial<Record<SyntaxError["code"], (place: Place, at: number) => Explanation | undefined>> = {
  RESOURCE_EXHAUSTION: () => ({ message: "nested too deeply" }),
  MULTIPLE_DOCS: () => ({
    message: "a file holds one document: put the part after `---` into a file of its own",
  }),
  TAB_AS_INDENT: ({ text }, at) => ({ message: tabMessage(text, at) }),
  BAD_SCALAR_START: unquoted,
  BAD_ALIAS: unquoted,
  BAD_DQ_ESCAPE: ({ text }, at) => {
    const escape = text.slice(at, at + 2);
    const message = `in double quotes ${escape} is no escape that YAML knows: write \\${escape}, or use single quotes`;
    return { message, mends: [{ at, text: "\\" }] };
  },
  MULTILINE_IMPLICIT_KEY: withoutColon,
  BLOCK_AS_IMPLICIT_KEY: nestedValue,
  BLOCK_IN_FLOW: () => ({ message: "a comma is missing behind this value" }),
  BAD_INDENT: (place, at) => (place.error.message.startsWith("Flow") ? unclosed(place, at) : indentation(place, at)),
  MISSING_CHAR: (place, at) => {
    const [, explanation] = MISSING.find(([start]) => place.error.message.startsWith(start)) ?? [];
    return explanation?.(place, at);
  },
  UNEXPECTED_TOKEN: (place, at) => {
    const sign = place.text.charAt(at);
    if (sign === "}" || sign === "]") return { message: `this ${sign} closes nothing: remove it, or open it before` };
    if (!place.error.message.endsWith("at node end")) return undefined;
    if (isInFlow(place, at)) return withoutComma(place, at);
    return { message: `"${wordAt(place.text, at)}" stands behind the end of a value: quote the whole value` };
  },
};

/** What can be missing, by the parser's words. */
const MISSING: readonly (readonly [string, (place: Place, at: number) => Explanation])[] = [
  ["Missing closing", unclosedQuote],
  ["Missing ,", withoutComma],
  ["Flow", unclosed],
  ["Sequence item", indentation],
  ["Implicit map keys", withoutColon],
];

function unquoted({ text }: Place, at: number): Explanation {
  const word = wordAt(text, at);
  const mends = [at, at + word.length].map((place) => ({ at: place, text: '"' }));
  return { message: `${word.charAt(0)} is a sign of YAML's own here: quote it ("${word}")`, mends };
}

function tabMessage(text: string, at: number): string {
  const others = (text.slice(at).match(/^[ ]*\t/gm)?.length ?? 1) - 1;
  const more = others === 0 ? "" : `; so ${others === 1 ? "is 1 more line" : `are ${others} more lines`}`;
  return `the line is indented by a tab${more}: YAML takes spaces only`;
}

/** A line that should be `key: value` and has no colon. */
function withoutColon({ text }: Place, at: number): Explanation {
  const [{ line } = { line: "" }] = linesOf(text, [at, at]);
  const [, key = "", sign = "", value = ""] = /^ *(?:- +)*("[^"]*"|[^\s=:]+)\s*([=:]?)\s*(.*)/.exec(line) ?? [];
  const rest = shortened(value);
  if (key === "" || key.startsWith("-")) return { message: "the line has no colon, and is no `key: value`" };
  const instead = rest === "" ? `${key}:` : `${key}: ${rest}`;
  return {
    message: `${sign === "=" ? "a key ends with a colon, not with =" : `a colon is missing after ${key}`}: write \`${instead}\``,
  };
}

/** A value that is there, and keys below it; or text with `: ` in it. */
function nestedValue(place: Place, at: number): Explanation {
  const { text, document } = place;
  const below = document.errors.find(({ code, pos }) => code === "MULTILINE_IMPLICIT_KEY" && pos[0] === at);
  if (below !== undefined) {
    const next = linesOf(text, [at, below.pos[1]]).at(-1);
    if (next !== undefined) return { at: next.start, ...indentation(place, next.start) };
  }
  const [{ start, line } = { start: at, line: "" }] = linesOf(text, [at, at]);
  const value = line.slice(at - start).trimEnd();
  if (value.endsWith("}") && value.split("}").length > value.split("{").length) {
    return { message: `a { is missing before \`${shortened(value)}\``, mends: [{ at, text: "{ " }] };
  }
  const mends = value.includes('"') || value.includes("#") ? [] : [at, at + value.length];
  return {
    message: `text that holds a colon and a space must be quoted: write "${shortened(value.replaceAll('"', ""))}"`,
    mends: mends.map((one) => ({ at: one, text: '"' })),
  };
}

function indentation({ text }: Place, at: number): Explanation {
  const [{ start, line } = { start: at, line: "" }] = linesOf(text, [at, at]);
  const above = linesOf(text, [0, Math.max(0, start - 1)]).findLast((one) => /^[^#]*[^\s#]/.test(one.line));
  const odd = [above, { start, line }].find((one) => one !== undefined && ODD_INDENT.test(one.line));
  if (odd !== undefined) {
    return { at: odd.start, message: "the line begins with spaces that only look like such: type them anew" };
  }
  const how = `the line is indented by ${columns(indentOf(line))}`;
  if (start === 0 || above === undefined) return { message: `${how}, which fits nothing above it` };
  return {
    message: `${how}, and what stands above it by ${columns(indentOf(above.line))}: keys of one mapping start in the same column, and so do the dashes of one list`,
  };
}

const ODD_INDENT = /^ *(?! )\p{Z}/u;

const columns = (count: number): string => (count === 1 ? "1 column" : `${count} columns`);

/** Where the first key of a line stands; dashes in front of it are part of its indentation. */
const indentOf = (line: string): number => (/^ *(?:- +)*/.exec(line)?.[0] ?? "").length;

/** A brace or bracket whose other half is missing: said where it is opened, since that is the line to look at. */
function unclosed({ document, text }: Place, at: number): Explanation {
  const open = collectionsOf(document).findLast(
    (node) => node.flow === true && startOf(node) < at && text[(node.range?.[1] ?? 0) - 1] !== closerOf(node),
  );
  const [opener, closer] = open !== undefined && isMap(open) ? ["{", "}"] : ["[", "]"];
  if (open === undefined) return { message: "a bracket before this is not closed" };
  return { at: startOf(open), message: `this ${opener} is not closed: a ${closer} is missing` };
}

function unclosedQuote({ document, text }: Place, at: number): Explanation {
  let found: number | undefined;
  visit(document, {
    Scalar(_, node) {
      const start = startOf(node);
      if (node.type?.startsWith("QUOTE") === true && start <= at && (node.range?.[1] ?? 0) >= at) found = start;
    },
  });
  if (found === undefined) return { message: "a closing quote is missing before this" };
  return { at: found, message: `this ${text.charAt(found)} is not closed: a second one is missing` };
}

function withoutComma({ text }: Place, at: number): Explanation {
  const word = wordAt(text, at).replace(/:$/, "");
  if (/["']/.test(word)) return { message: `a quote or a comma is missing before ${word}` };
  return { message: `a comma is missing before "${word}"`, mends: [{ at, text: "," }] };
}

function collectionsOf(document: Document.Parsed) {
  const all: (Node & { flow?: boolean })[] = [];
  visit(document, { Collection: (_, node) => void all.push(node) });
  return all.filter(isCollection);
}

function isInFlow({ document }: Place, at: number): boolean {
  return collectionsOf(document).some(
    (node) => node.flow === true && startOf(node) < at && (node.range?.[1] ?? 0) > at,
  );
}

const closerOf = (node: Node): string => (isMap(node) ? "}" : "]");

const startOf = (node: Node): number => node.range?.[0] ?? 0;

/** The text from here to where its word ends; at least one character. */
function wordAt(text: string, at: number): string {
  return /^[^\s,[\]{}#]+/.exec(text.slice(at, at + LONGEST_WORD))?.[0] ?? text.charAt(at);
}

const LONGEST_WORD = 60;

function shortened(value: string): string {
  const trimmed = value.trim();
  return trimmed.length <= LONGEST_WORD ? trimmed : `${trimmed.slice(0, LONGEST_WORD)}…`;
}

/** The lines that a range of offsets touches. */
function linesOf(text: string, [from, to]: readonly [number, number]): { start: number; line: string }[] {
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

/** The text with what was missing. */
function mended(text: string, mends: readonly Mend[]): string {
  let done = "";
  let from = 0;
  for (const { at, text: missing } of mends.toSorted((one, other) => one.at - other.at)) {
    done += text.slice(from, at) + missing;
    from = at;
  }
  return done + text.slice(from);
}

/** Where this offset was before the text was mended. */
function unmended(offset: number, mends: readonly Mend[]): number {
  let before = offset;
  let missing = 0;
  for (const { at, text } of mends) {
    const start = at + missing;
    if (offset <= start) break;
    before -= Math.min(text.length, offset - start);
    missing += text.length;
  }
  return before;
}
