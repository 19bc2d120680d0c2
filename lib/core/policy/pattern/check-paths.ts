import { charKinds, END, type Automaton, type Ways } from "./automaton.ts";
import { PatternError } from "./syntax-tree.ts";

/** In how many ways a matcher may have read the same text, and may go on from there. Each costs it a step a character. */
export interface PathLimits {
  readonly read: number;
  readonly further: number;
}

export const NARROW: PathLimits = { read: 100, further: 100 };
/** For long lists of alternatives, which differ in their first character: one of them goes on, and the others cost a look. */
export const WIDE: PathLimits = { read: 100, further: 1_000 };
const MOST_STATES = 4_000;
const MOST_STEPS = 2_000_000;

/**
 * Proves that a backtracking matcher reads any text in linear time, with a small factor: it follows all texts at once
 * and counts in how many ways each could have been read so far. Nested or neighbouring repetitions of the same
 * characters let that number grow without end, and are refused; so is what can't be proved within a budget.
 * Throws PatternError.
 */
export function checkPaths(automaton: Automaton, limits: PathLimits): void {
  const kinds = charKinds(automaton.sets);
  const seen = new Set<string>();
  const waiting: Reached[] = [{ ways: automaton.start, text: "" }];
  let steps = 0;
  checkCount(sumOf(automaton.start), "", limits.further);
  for (let reached = waiting.pop(); reached !== undefined; reached = waiting.pop()) {
    const { ways: state, text } = reached;
    for (const kind of kinds) {
      const next = new Map<number, number>();
      let readings = 0;
      for (const [place, count] of state) {
        if (place === END || kind.heldBy[automaton.reads[place] ?? -1] !== true) continue;
        readings += count;
        for (const [to, ways] of automaton.after(place)) {
          steps += 1;
          next.set(to, (next.get(to) ?? 0) + count * ways);
        }
      }
      if (next.size === 0) continue;
      const further = text + String.fromCodePoint(kind.ranges[0]?.[0] ?? 0);
      checkCount(readings, further, limits.read);
      checkCount(sumOf(next), further, limits.further);
      const key = [...next].sort((a, b) => a[0] - b[0]).join(";");
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > MOST_STATES || steps > MOST_STEPS) {
        throw new PatternError(
          "is too complex to prove that it runs in linear time: make its parts differ more, or shorter",
        );
      }
      waiting.push({ ways: next, text: further });
    }
  }
}

/** The ways in which some text may have been read so far. */
interface Reached {
  readonly ways: Ways;
  readonly text: string;
}

/** What is shown of a text that a pattern reads in too many ways. */
const SHOWN = 20;

function sumOf(state: Ways): number {
  let sum = 0;
  for (const count of state.values()) sum += count;
  return sum;
}

/** A pattern that reads some text in too many ways. */
export class AmbiguousPattern extends PatternError {
  constructor(text: string, ways: number) {
    const shown = [...text].length > SHOWN ? `${[...text].slice(0, SHOWN).join("")}…` : text;
    super(
      `could take more than linear time: it can read ${JSON.stringify(shown)} in more than ${ways} ways, as nested or neighbouring repetitions of the same characters do; let only one of them read what it reads, or say how often`,
    );
  }
}

function checkCount(sum: number, text: string, most: number): void {
  if (sum <= most) return;
  if (text !== "") throw new AmbiguousPattern(text, most);
  throw new PatternError(
    `can begin in more than ${most} ways, each of which takes its time: list alternatives under values instead, or write once what several of them begin with`,
  );
}
