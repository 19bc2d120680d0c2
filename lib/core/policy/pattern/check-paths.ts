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
  const waiting: Ways[] = [automaton.start];
  let steps = 0;
  checkCount(automaton.start);
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
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
      checkCount(next);
      const key = [...next].sort((a, b) => a[0] - b[0]).join(";");
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > MOST_STATES || steps > MOST_STEPS) {
        throw new PatternError(
          "is too complex to prove that it runs in linear time: make its parts differ more, or shorter",
        );
      }
      waiting.push(next);
    }
  }
}

function checkCount(state: Ways): void {
  let sum = 0;
  for (const count of state.values()) sum += count;
  if (sum > MOST_PATHS) {
    throw new PatternError(
      "could take more than linear time: it can read the same text in too many ways, as nested or neighbouring repetitions of the same characters do",
    );
  }
}
