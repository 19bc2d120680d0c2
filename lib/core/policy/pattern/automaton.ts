import { contains, type CharSet } from "./char-set.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

/** How many ways lead from one place to another without reading a character; -1 = to the end of the pattern. */
export type Ways = ReadonlyMap<number, number>;

export const END = -1;

/** A pattern as the places where a character is read, repetitions written out. */
export interface Automaton {
  /** By place: the characters that it reads, as an index into `sets`. */
  readonly reads: readonly number[];
  readonly sets: readonly CharSet[];
  readonly start: Ways;
  /** By place: where a match goes on from behind it. */
  after(place: number): Ways;
}

/** Bounds on what a pattern may cost to check. A pattern for tag values is far below all of them. */
const MOST_PLACES = 3_000;
const MOST_STEPS = 20_000;

interface Loop {
  body: number;
  readonly next: number;
}

type Step =
  | { readonly read: number; readonly to: number }
  | { readonly free: readonly number[] }
  /** Goes on only at the start or the end of the text. */
  | { readonly only: "start" | "end"; readonly to: number }
  /** Starts a loop, or comes back to it behind one iteration. */
  | { readonly loop: Loop; readonly starts: boolean };

/**
 * Builds the automaton. The ways between places are counted as a backtracking matcher would walk them, so that what
 * it could do twice counts twice. Throws PatternError where there are too many.
 */
export function buildAutomaton(root: PatternNode): Automaton {
  const steps: Step[] = [];
  const sets: CharSet[] = [];
  const setIndexes = new Map<string, number>();
  const reads: number[] = [];

  const free = (...to: number[]): number => steps.push({ free: to }) - 1;
  const setIndex = (set: CharSet): number => {
    const key = set.join(";");
    const known = setIndexes.get(key);
    if (known !== undefined) return known;
    setIndexes.set(key, sets.length);
    return sets.push(set) - 1;
  };

  /** Adds the steps of a node that go on to `next`; returns the first of them. */
  const build = (node: PatternNode, next: number): number => {
    if (steps.length > 4 * MOST_PLACES) throw tooLong();
    switch (node.kind) {
      case "empty":
        return next;
      case "assert":
        if (node.native === "^") return steps.push({ only: "start", to: next }) - 1;
        if (node.native === "$") return steps.push({ only: "end", to: next }) - 1;
        // Boundaries of words and lines: taken to hold, so that nothing possible is left out.
        return next;
      case "set":
        if (reads.push(setIndex(node.set)) > MOST_PLACES) throw tooLong();
        return steps.push({ read: reads.length - 1, to: next }) - 1;
      case "concat":
        return node.items.reduceRight((to, item) => build(item, to), next);
      case "alternate":
        return free(...node.items.map((item) => build(item, next)));
      case "repeat":
        return buildRepeat(node, next);
    }
  };

  const buildRepeat = ({ item, min, max }: PatternNode & { kind: "repeat" }, next: number): number => {
    let first = next;
    if (max === undefined) {
      const loop: Loop = { body: next, next };
      const back = steps.push({ loop, starts: false }) - 1;
      loop.body = build(item, back);
      first = steps.push({ loop, starts: true }) - 1;
    } else {
      for (let optional = min; optional < max; optional++) first = free(build(item, first), next);
    }
    for (let copy = 0; copy < min; copy++) first = build(item, first);
    return first;
  };

  const end = free();
  const first = build(root, end);

  const waysFrom = (from: number, atStart: boolean): Ways => {
    const ways = new Map<number, number>();
    const iterating = new Set<Loop>();
    let budget = MOST_STEPS;
    let atEnd = false;
    const arrive = (place: number): void => void ways.set(place, (ways.get(place) ?? 0) + 1);
    const walk = (at: number): void => {
      const step = steps[at];
      if (step === undefined) return;
      if (--budget < 0) throw new PatternError("has too many optional parts in a row or inside each other");
      if (at === end) arrive(END);
      else if ("read" in step) {
        if (!atEnd) arrive(step.read);
      } else if ("only" in step) walkOnly(step.only, step.to);
      else if ("free" in step) step.free.forEach(walk);
      else walkLoop(step);
    };
    const walkOnly = (where: "start" | "end", to: number): void => {
      if (where === "start" && !atStart) return;
      const before = atEnd;
      atEnd ||= where === "end";
      walk(to);
      atEnd = before;
    };
    const walkLoop = ({ loop, starts }: { loop: Loop; starts: boolean }): void => {
      const before = iterating.has(loop);
      // An iteration that read nothing is given up, as ECMAScript has it.
      if (before && !starts) return;
      iterating.add(loop);
      walk(loop.body);
      iterating.delete(loop);
      walk(loop.next);
      if (before) iterating.add(loop);
    };
    walk(from);
    return ways;
  };

  const behind = new Map<number, number>();
  for (const step of steps) if ("read" in step) behind.set(step.read, step.to);
  const known = new Map<number, Ways>();
  return {
    reads,
    sets,
    start: waysFrom(first, true),
    after(place) {
      const ways = known.get(place) ?? waysFrom(behind.get(place) ?? end, false);
      known.set(place, ways);
      return ways;
    },
  };
}

function tooLong(): PatternError {
  return new PatternError(`is too long with its repetitions written out (more than ${MOST_PLACES} characters)`);
}

/** Characters that all sets treat alike: by set whether it holds them, and the ranges that they are. */
export interface CharKind {
  readonly heldBy: readonly boolean[];
  readonly ranges: readonly (readonly [number, number])[];
}

/** Sorts all characters into kinds. Those that no set holds are left out. */
export function charKinds(sets: readonly CharSet[]): CharKind[] {
  const cuts = [...new Set(sets.flatMap((set) => set.flatMap(([low, high]) => [low, high + 1])))].sort((a, b) => a - b);
  const kinds = new Map<string, { heldBy: boolean[]; ranges: [number, number][] }>();
  for (const [index, low] of cuts.entries()) {
    const next = cuts[index + 1];
    if (next === undefined) break;
    const heldBy = sets.map((set) => contains(set, low));
    if (!heldBy.includes(true)) continue;
    const key = heldBy.map(Number).join("");
    const kind = kinds.get(key) ?? { heldBy, ranges: [] };
    kind.ranges.push([low, next - 1]);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}
