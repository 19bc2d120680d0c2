import { buildAutomaton, END } from "./automaton.ts";
import { setsMeet, union, type CharSet } from "./char-set.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

/** What all values of a pattern have in common, in code points: never less than they are, and often more. */
export interface Outline {
  readonly shortest: number;
  /** undefined = without end. */
  readonly longest: number | undefined;
  /** Which characters may stand where, from the beginning and from the end, as far as every value reaches. */
  readonly head: readonly CharSet[];
  readonly tail: readonly CharSet[];
}

/** Places from either end that are looked at: names of tags' values differ in their first words or nowhere. */
const MOST_PLACES = 32;

/** undefined where a pattern is too long to tell. */
export function outlineOf(tree: PatternNode): Outline | undefined {
  const { shortest, longest } = lengthsOf(tree);
  try {
    return { shortest, longest, head: headOf(tree, shortest), tail: headOf(reversed(tree), shortest) };
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

/**
 * Whether certainly no value has both outlines: their lengths differ, or a place has no character for both. It takes time
 * in proportion to the patterns. Patterns that part in the middle alone, or by what depends on each other (`(ab)*c` and
 * `(ba)*c`), may have none in common and aren't told: only their product could tell, which takes the square.
 */
export function areApart(one: Outline, other: Outline): boolean {
  if (one.shortest > (other.longest ?? Infinity) || other.shortest > (one.longest ?? Infinity)) return true;
  return part(one.head, other.head) || part(one.tail, other.tail);
}

function part(one: readonly CharSet[], other: readonly CharSet[]): boolean {
  return one.some((set, place) => {
    const their = other[place];
    return their !== undefined && !setsMeet(set, their);
  });
}

function headOf(tree: PatternNode, shortest: number): CharSet[] {
  const automaton = buildAutomaton(tree);
  const { start, reads, sets } = automaton;
  const head: CharSet[] = [];
  let places = new Set(start.keys());
  while (head.length < Math.min(shortest, MOST_PLACES)) {
    places.delete(END);
    head.push(union(...new Set([...places].map((place) => sets[reads[place] ?? -1] ?? []))));
    places = new Set([...places].flatMap((place) => [...automaton.after(place).keys()]));
  }
  return head;
}

interface Lengths {
  readonly shortest: number;
  readonly longest: number | undefined;
}

function lengthsOf(node: PatternNode): Lengths {
  switch (node.kind) {
    case "empty":
    case "assert":
      return { shortest: 0, longest: 0 };
    case "set":
      return { shortest: 1, longest: 1 };
    case "concat":
      return joined(node.items.map(lengthsOf), (lengths) => lengths.reduce((sum, length) => sum + length, 0));
    case "alternate": {
      const lengths = node.items.map(lengthsOf);
      const { longest } = joined(lengths, (all) => Math.max(...all));
      return { shortest: Math.min(...lengths.map(({ shortest }) => shortest)), longest };
    }
    case "repeat": {
      const { shortest, longest } = lengthsOf(node.item);
      const isEndless = longest !== 0 && (longest === undefined || node.max === undefined);
      return { shortest: shortest * node.min, longest: isEndless ? undefined : (longest ?? 0) * (node.max ?? 0) };
    }
  }
}

function joined(lengths: readonly Lengths[], join: (lengths: readonly number[]) => number): Lengths {
  const longest = lengths.flatMap((one) => (one.longest === undefined ? [] : [one.longest]));
  return {
    shortest: join(lengths.map(({ shortest }) => shortest)),
    longest: longest.length < lengths.length ? undefined : join(longest),
  };
}

/** What reads the values of a pattern from their end; assertions are taken to hold, so that nothing possible is left out. */
function reversed(node: PatternNode): PatternNode {
  switch (node.kind) {
    case "empty":
    case "set":
      return node;
    case "assert":
      return { kind: "empty" };
    case "concat":
      return { ...node, items: node.items.toReversed().map(reversed) };
    case "alternate":
      return { ...node, items: node.items.map(reversed) };
    case "repeat":
      return { ...node, item: reversed(node.item) };
  }
}
