import {
  complement,
  DIGIT,
  foldAscii,
  isAscii,
  normalise,
  POSIX,
  scan,
  SPACE,
  union,
  WORD,
  type CharSet,
} from "./char-set.ts";
import type { Cursor } from "./cursor.ts";
import { parseCharEscape } from "./parse-escape.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

const PERL: Readonly<Record<string, CharSet>> = { d: DIGIT, s: SPACE, w: WORD };

/** What a class holds: characters that are spelt out, and native expressions for those of Unicode properties. */
interface ClassParts {
  readonly sets: CharSet[];
  readonly properties: string[];
}

/** The class that a `\d`, `\S`, `\pL` or `\P{Greek}` at the cursor stands for; undefined where there is none. */
export function parseClassEscape(cursor: Cursor, fold: boolean): PatternNode | undefined {
  const parts: ClassParts = { sets: [], properties: [] };
  return addClassEscape(cursor, parts, fold) ? classNode(parts, false, fold) : undefined;
}

/** Reads `[…]`; the cursor stands behind the `[`. */
export function parseBracketClass(cursor: Cursor, fold: boolean): PatternNode {
  const parts: ClassParts = { sets: [], properties: [] };
  const negated = cursor.take("^");
  for (let first = true; first || cursor.peek() !== "]"; first = false) {
    if (cursor.done()) throw new PatternError("has a [ without a ]");
    if (addPosixClass(cursor, parts, fold) || addClassEscape(cursor, parts, fold)) continue;
    const low = parseClassChar(cursor);
    let high = low;
    if (cursor.peek() === "-" && cursor.peek(1) !== "]" && cursor.peek(1) !== "") {
      cursor.take("-");
      high = parseClassChar(cursor);
    }
    parts.sets.push(normalise([[low, high]]));
  }
  cursor.take("]");
  return classNode(parts, negated, fold);
}

function parseClassChar(cursor: Cursor): number {
  return cursor.take("\\") ? parseCharEscape(cursor) : (cursor.next().codePointAt(0) ?? 0);
}

function addPosixClass(cursor: Cursor, parts: ClassParts, fold: boolean): boolean {
  const matched = cursor.match(/\[:(\^?)([a-z]+):\]/y);
  if (matched === undefined) return false;
  const set = POSIX[matched[2] ?? ""];
  if (set === undefined) throw new PatternError(`has an unknown class [:${matched[2]}:]`);
  addSet(parts, set, matched[1] === "^", fold);
  return true;
}

function addClassEscape(cursor: Cursor, parts: ClassParts, fold: boolean): boolean {
  const perl = cursor.match(/\\([dswDSW])/y)?.[1];
  if (perl !== undefined) {
    addSet(parts, PERL[perl.toLowerCase()] ?? [], perl !== perl.toLowerCase(), fold);
    return true;
  }
  const property = cursor.match(/\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/y);
  if (property === undefined) return false;
  const negated = (property[1] === "P") !== (property[2] === "^");
  const name = property[3] ?? property[4] ?? "";
  if (negated && fold) throw new PatternError(`has \\P{${name}} under (?i), which has no native counterpart`);
  parts.properties.push(nativeProperty(name, negated));
  return true;
}

/** A negated class is the complement of what the class matches, its other cases included. */
function addSet(parts: ClassParts, set: CharSet, negated: boolean, fold: boolean): void {
  const folded = fold ? foldAscii(set) : set;
  parts.sets.push(negated ? complement(folded) : folded);
}

/** RE2 names general categories and scripts alike; natively a script says so. */
function nativeProperty(name: string, negated: boolean): string {
  const letter = negated ? "P" : "p";
  for (const property of [name, `Script=${name}`]) {
    try {
      const source = `\\${letter}{${property}}`;
      RegExp(source, "u");
      return source;
    } catch {
      // Not a native property of this form; the other one is tried, and then the pattern is refused.
    }
  }
  throw new PatternError(`has \\p{${name}}, which has no native counterpart`);
}

function classNode({ sets, properties }: ClassParts, negated: boolean, fold: boolean): PatternNode {
  const spelt = union(...sets);
  if (properties.length === 0 && (!fold || isAscii(spelt))) {
    const folded = fold ? foldAscii(spelt) : spelt;
    return { kind: "set", set: negated ? complement(folded) : folded };
  }
  const source = `[${negated ? "^" : ""}${rangesSource(spelt)}${properties.join("")}]`;
  const native = fold ? `(?i:${source})` : source;
  return { kind: "set", set: scan(native), native };
}

/** A single character, in all its cases where `fold` says so. */
export function charNode(code: number, fold: boolean): PatternNode {
  return classNode({ sets: [[[code, code]]], properties: [] }, false, fold);
}

/** The inside of a native class. */
export function rangesSource(set: CharSet): string {
  return set.map(([low, high]) => (low === high ? codeSource(low) : `${codeSource(low)}-${codeSource(high)}`)).join("");
}

/** A character as it may stand natively, in a class and outside. */
export function codeSource(code: number): string {
  const text = String.fromCodePoint(code);
  if (/[0-9A-Za-z_ @:,;=%#!~<>&'"]/.test(text)) return text;
  return /[$().*+./?[\\\]^{|}]/.test(text) ? `\\${text}` : `\\u{${code.toString(16)}}`;
}
