import { complement, single } from "./char-set.ts";
import { cursorOf, type Cursor } from "./cursor.ts";
import { charNode, parseBracketClass, parseClassEscape } from "./parse-class.ts";
import { parseCharEscape } from "./parse-escape.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

interface Flags {
  /** i */
  readonly fold: boolean;
  /** s */
  readonly dotAll: boolean;
  /** m */
  readonly multiline: boolean;
}

const NEWLINE = 0x0a;
const DEEPEST = 200;

/**
 * Reads a pattern that is known to be RE2 syntax; `fold` as if it began with `(?i)`. Throws PatternError for what has no native counterpart.
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function parsePattern(text: string, { fold = false } = {}): PatternNode {
  const cursor = cursorOf(text);
  const parsed = parseAlternatives(cursor, { fold, dotAll: false, multiline: false }, 0);
  if (!cursor.done()) throw new PatternError("has a ) without a (");
  return parsed;
}

/** Reads up to the end or to a `)`, which stays. Flags that are set within last until there, over every `|`. */
function parseAlternatives(cursor: Cursor, outer: Flags, depth: number): PatternNode {
  if (depth > DEEPEST) throw new PatternError(`is nested more than ${DEEPEST} deep`);
  let flags = outer;
  const alternatives: PatternNode[] = [];
  let items: PatternNode[] = [];
  while (!cursor.done() && cursor.peek() !== ")") {
    const from = cursor.place();
    if (cursor.take("|")) {
      alternatives.push(concat(items));
      items = [];
      continue;
    }
    const switched = cursor.match(/\(\?([imsU]*)(?:-([imsU]+))?\)/y);
    if (switched !== undefined) {
      flags = switchFlags(flags, switched[1] ?? "", switched[2] ?? "");
      continue;
    }
    if (cursor.take("\\Q")) {
      items.push(...parseQuoted(cursor, flags));
      const last = items.pop();
      if (last !== undefined) items.push(parseRepeat(cursor, last, from));
      continue;
    }
    // A stray end of a quotation means nothing.
    if (cursor.take("\\E")) continue;
    items.push(parseRepeat(cursor, parseAtom(cursor, flags, depth), from));
  }
  alternatives.push(concat(items));
  const [only] = alternatives;
  return only !== undefined && alternatives.length === 1 ? only : { kind: "alternate", items: alternatives };
}

function concat(items: readonly PatternNode[]): PatternNode {
  const [only] = items;
  if (only === undefined) return { kind: "empty" };
  return items.length === 1 ? only : { kind: "concat", items };
}

function switchFlags(flags: Flags, on: string, off: string): Flags {
  const value = (letter: string, before: boolean): boolean => (on.includes(letter) || before) && !off.includes(letter);
  return {
    fold: value("i", flags.fold),
    dotAll: value("s", flags.dotAll),
    multiline: value("m", flags.multiline),
  };
}

function parseQuoted(cursor: Cursor, flags: Flags): PatternNode[] {
  const items: PatternNode[] = [];
  while (!cursor.done() && !cursor.take("\\E")) items.push(charNode(cursor.next().codePointAt(0) ?? 0, flags.fold));
  return items;
}

/** What stands behind an item that began at `from`. */
function parseRepeat(cursor: Cursor, item: PatternNode, from: number): PatternNode {
  const operator = cursor.match(/(?:([*+?])|\{(\d{1,4})(,(\d{0,4}))?\})\??/y);
  if (operator === undefined) return item;
  const [, simple, least = "0", open, most] = operator;
  const at = [from, cursor.place()] as const;
  if (simple !== undefined) {
    return { kind: "repeat", item, min: simple === "+" ? 1 : 0, max: simple === "?" ? 1 : undefined, at };
  }
  const min = Number(least);
  const max = open === undefined ? min : most === "" || most === undefined ? undefined : Number(most);
  return { kind: "repeat", item, min, max, at };
}

function parseAtom(cursor: Cursor, flags: Flags, depth: number): PatternNode {
  const group = cursor.match(/\((?:\?(?:P?<\w+>|([imsU]*)(?:-([imsU]+))?:))?/y);
  if (group !== undefined) {
    const inner = parseAlternatives(cursor, switchFlags(flags, group[1] ?? "", group[2] ?? ""), depth + 1);
    if (!cursor.take(")")) throw new PatternError("has a ( without a )");
    return inner;
  }
  if (cursor.take("[")) return parseBracketClass(cursor, flags.fold);
  if (cursor.take(".")) return { kind: "set", set: flags.dotAll ? complement([]) : complement(single(NEWLINE)) };
  if (cursor.take("^")) return { kind: "assert", native: flags.multiline ? "(?<![^\\n])" : "^" };
  if (cursor.take("$")) return { kind: "assert", native: flags.multiline ? "(?![^\\n])" : "$" };
  if (cursor.peek() === "\\") return parseEscape(cursor, flags);
  return charNode(cursor.next().codePointAt(0) ?? 0, flags.fold);
}

function parseEscape(cursor: Cursor, flags: Flags): PatternNode {
  const named = parseClassEscape(cursor, flags.fold);
  if (named !== undefined) return named;
  if (cursor.take("\\A")) return { kind: "assert", native: "^" };
  if (cursor.take("\\z")) return { kind: "assert", native: "$" };
  if (cursor.take("\\b")) return { kind: "assert", native: "\\b" };
  if (cursor.take("\\B")) return { kind: "assert", native: "\\B" };
  cursor.take("\\");
  return charNode(parseCharEscape(cursor), flags.fold);
}
