import { isCollection, isMap, LineCounter, visit, type Document, type Node } from "yaml";
import { lookAlikeMessage, lookAlikeSlips, textSlip } from "./look-alikes.ts";
import {
  areMends,
  indentOf,
  linesOf,
  mended,
  missingDash,
  parse,
  shortened,
  unmended,
  type Mend,
  type Place,
  type Slip,
  type SyntaxError,
} from "./slip.ts";

/** A text without slips, or with those mended that leave no doubt, so that what else is wrong gets said too. */
export interface ReadSyntax {
  readonly document: Document.Parsed;
  /** What the document was read from: with its slips mended. */
  readonly text: string;
  /** Line and column in the text as it was written. */
  placeOf(offset: number): { readonly line: number; readonly column: number };
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
  say: (place: { readonly line: number; readonly column: number }, slip: Slip) => void,
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
    if (slips === undefined) return { document, text: current, placeOf };
    for (const slip of slips) say(placeOf(slip.at), slip);
    const mends = slips.flatMap((slip) => slip.mends);
    if (mends.length === 0 || mendings.length >= MOST_MENDED || read + current.length > MOST_READ) return undefined;
    mendings.push(mends.toSorted((one, other) => one.at - other.at));
    current = mended(current, mends);
    document = parse(current);
  }
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
  for (const [codes, slipsOf] of BY_LINE) {
    const slips = codes.has(error.code) ? slipsOf(place) : [];
    if (slips.length > 0) return slips;
  }
  return [{ at: error.pos[0], mends: [], ...explain(place) }];
}

/** Errors that a missing space or a sign that looks like another may be behind; the others say what they are about. */
const OF_LINES: ReadonlySet<string> = new Set([
  "MULTILINE_IMPLICIT_KEY",
  "MISSING_CHAR",
  "UNEXPECTED_TOKEN",
  "BLOCK_AS_IMPLICIT_KEY",
  "BAD_INDENT",
]);
/** Errors that are said of the line below one that slid to the left. */
const OF_INDENTATION: ReadonlySet<string> = new Set(["BAD_INDENT", "BLOCK_AS_IMPLICIT_KEY", "MULTILINE_IMPLICIT_KEY"]);

/** What is wrong with whole lines, where that is what an error is about. */
const BY_LINE: readonly (readonly [ReadonlySet<string>, (place: Place) => readonly Slip[]])[] = [
  [OF_LINES, tightLines],
  [OF_LINES, lookAlikeSlips],
  [OF_LINES, commentLine],
  [OF_INDENTATION, firstWithoutDash],
  [OF_INDENTATION, slidLine],
];

/** The lines of an error on which a space is missing, if they are what it is about. */
function tightLines(place: Place): readonly Slip[] {
  const { text, error } = place;
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
  return areMends(
    place,
    slips.flatMap(({ mends }) => mends),
  )
    ? slips
    : [];
}

/** How other languages begin a comment. */
const FOREIGN_COMMENT = /^( *)(\/\/|;|--(?= ))(.*)/;

/** Lines that are comments in other languages. */
function commentLine(place: Place): readonly Slip[] {
  const slips = linesOf(place.text, place.error.pos).flatMap(({ start, line }): Slip[] => {
    const [, indent = "", sign, rest = ""] = FOREIGN_COMMENT.exec(line) ?? [];
    if (sign === undefined) return [];
    const at = start + indent.length;
    const message = `a comment begins with #, and not with ${sign}: write \`# ${shortened(rest)}\``;
    return [{ at, message, mends: [{ at, text: "#", length: sign.length }] }];
  });
  return areMends(
    place,
    slips.flatMap(({ mends }) => mends),
  )
    ? slips
    : [];
}

/** A list whose first entry has no dash: the parser sees that the dash of the second one fits nothing. */
function firstWithoutDash(place: Place): readonly Slip[] {
  const { text, error } = place;
  if (text.length > LONGEST_REREAD) return [];
  const second = linesOf(text, error.pos).find(({ line }) => /^ *- /.test(line));
  const column = second === undefined ? 0 : indentOf(second.line);
  if (second === undefined) return [];
  const above = linesOf(text, [0, Math.max(0, second.start - 1)]);
  const owner = above.findLastIndex(({ line }) => /\S/.test(line) && !/^ *#/.test(line) && indentOf(line) < column);
  const first = above.slice(owner + 1).find(({ line }) => /^ *[\w"]/.test(line));
  if (owner < 0 || first === undefined || indentOf(first.line) !== column) return [];
  const mends = [{ at: first.start + column - 2, text: "- ", length: 2 }];
  const message = missingDash(first.line);
  return areMends(place, mends) ? [{ at: first.start + column, message, mends }] : [];
}

/** A longer text is no file that people write line by line, and reading it once more takes its time. */
const LONGEST_REREAD = 50_000;

/**
 * A key that slid to the beginning of its line, and took those below along: the parser only sees that what follows fits
 * nothing any more.
 */
function slidLine(place: Place): readonly Slip[] {
  const { text, error } = place;
  if (text.length > LONGEST_REREAD) return [];
  const [below] = linesOf(text, [error.pos[0], error.pos[0]]);
  const above = linesOf(text, [0, Math.max(0, (below?.start ?? 0) - 1)]).findLast(({ line }) => /^[\w"-]/.test(line));
  const [key] = /^(?:- +)?(?:[\w$-]+|"[^"]*")(?=:)/.exec(above?.line ?? "") ?? [];
  if (below === undefined || above === undefined || key === undefined) return [];
  const spaces = indentOf(below.line) - indentOf(above.line);
  if (spaces <= 0) return [];
  const mends = [{ at: above.start, text: " ".repeat(spaces) }];
  const message = `${key} stands too far to the left: indent its line by ${spaces} more`;
  return areMends(place, mends) ? [{ at: above.start, message, mends }] : [];
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
    const text = textOfSigns(place, at);
    if (text !== undefined) return text;
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
  return { message: `${word.charAt(0)} is a sign of YAML's own here: quote it ("${word}")`, mends, isText: true };
}

/** Text without quotes that goes on behind a bracket or brace, or has one in the middle: `[a-z]+`, `CC-[0-9]{4}`. */
function textOfSigns({ text, document }: Place, at: number): Explanation | undefined {
  const before = text.charAt(at - 1);
  const goesOn = /[\]}]/.test(before) ? /[^\s,:\]}"'，、]/ : /[[{]/;
  if (!/[^\s"',[{]/.test(before) || !goesOn.test(text.charAt(at))) return undefined;
  const collection = collectionsOf(document).find((node) => node.flow === true && node.range?.[1] === at);
  const from = collection === undefined ? text.lastIndexOf(" ", at) + 1 : startOf(collection);
  const written = withinSigns(text.slice(from, from + LONGEST_WORD));
  if (from + written.length <= at || /['"\n]/.test(written)) return undefined;
  const mends = [from, from + written.length].map((place) => ({ at: place, text: "'" }));
  const slip = textSlip(written, { inList: false });
  if (slip !== undefined) return { at: from, message: slip, mends };
  return { at: from, message: `text with signs of YAML's own must be quoted: write '${written}'`, mends };
}

/** What a text goes on with until a comma, a space or the end of what is around it; brackets and braces close in it. */
function withinSigns(text: string): string {
  const open: string[] = [];
  for (const [index, sign] of [...text].entries()) {
    if (sign === "[" || sign === "{") open.push(sign);
    else if (open.length === 0 && /[\s,\]}]/.test(sign)) return [...text].slice(0, index).join("");
    else if (sign === "]" || sign === "}") open.pop();
  }
  return text;
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
  const sign = text.charAt(at);
  if (/[，、]/.test(sign)) return { message: lookAlikeMessage(sign, ","), mends: [{ at, text: ", ", length: 1 }] };
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
