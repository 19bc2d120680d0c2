import { charKinds, END, type Automaton, type Ways } from "./automaton.ts";
import { PatternError } from "./syntax-tree.ts";

/** In how many ways a matcher may have read the same text. Each costs it a step a character, and no more. */
const MOST_PATHS = 100;
const MOST_STATES = 4_000;
const MOST_STEPS = 2_000_000;

/**
 * Proves that a backtracking matcher reads any text in linear time, with a small factor: it follows all texts at once
 * and counts in how many ways each could have been read so far. Nested or neighbouring repetitions of the same
 * characters let that number grow without end, and are refused; so is what can't be proved within a budget.
 * Throws PatternError.
 */
export function checkPaths(automaton: Automaton): void {
  const kinds = charKinds(automaton.sets);
  const seen = new Set<string>();
  const waiting: Reached[] = [{ ways: automaton.start, text: "" }];
  let steps = 0;
  checkCount(automaton.start, "");
  for (let reached = waiting.pop(); reached !== undefined; reached = waiting.pop()) {
    const { ways: state, text } = reached;
    for (const kind of kinds) {
      const next = new Map<number, number>();
      for (const [place, count] of state) {
        if (place === END || kind.heldBy[automaton.reads[place] ?? -1] !== true) continue;
        for (const [to, ways] of automaton.after(place)) {
          steps += 1;
          next.set(to, (next.get(to) ?? 0) + count * ways);
        }
      }
      if (next.size === 0) continue;
      const further = text + String.fromCodePoint(kind.ranges[0]?.[0] ?? 0);
      checkCount(next, further);
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

function checkCount(state: Ways, text: string): void {
  let sum = 0;
  for (const count of state.values()) sum += count;
  if (sum <= MOST_PATHS) return;
  if (text === "") {
    throw new PatternError(
      `can begin in more than ${MOST_PATHS} ways, each of which takes its time: list alternatives under values instead, or write once what several of them begin with`,
    );
  }
  const shown = [...text].length > SHOWN ? `${[...text].slice(0, SHOWN).join("")}…` : text;
  throw new PatternError(
    `could take more than linear time: it can read ${JSON.stringify(shown)} in more than ${MOST_PATHS} ways, as nested or neighbouring repetitions of the same characters do; let only one of them read what it reads, or say how often`,
  );
}
