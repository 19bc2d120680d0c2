/** What is known while bad resources are searched for: how many are suspects, untested, and found already. */
export interface SearchCounts {
  /** Of these at least one is bad; 0 = no failed call is open. */
  readonly suspects: number;
  readonly untested: number;
  readonly found: number;
}

/** The batch that is searched. */
export interface SearchedBatch {
  /** How many resources the search began with. */
  readonly size: number;
  /** How many bad ones such a batch is likely to have. */
  readonly expectedBad: number;
}

/** Above this the table would cost more time than it saves calls; no tag call takes more resources. */
const LARGEST_BATCH = 50;
/** From this many expected bad resources on, it pays to be prepared for more. */
const MANY = 4;
/** How likely each bad resource more is, against one less. */
const RATIO = { few: 0.5, many: 0.9 } as const;
/** The chance that any number has all the same, so that a batch full of bad ones is soon searched one by one. */
const ANY_NUMBER = 1e-4;

const tables = new Map<string, (counts: SearchCounts) => number>();

/**
 * How many resources the next call should hold so that, over all ways in which the bad ones may lie, the fewest calls
 * are needed on average until each resource is known to be good by a call that succeeded, or bad. Deterministic. The
 * strategy is the best one for the number of bad ones that is expected, and good for whatever comes instead. Batches
 * that are too large are halved and then searched in blocks.
 */
export function bestSplit({ size, expectedBad }: SearchedBatch, counts: SearchCounts): number {
  if (size <= LARGEST_BATCH) return tableFor(size, expectedBad)(counts);
  const { suspects, untested, found } = counts;
  if (suspects > LARGEST_BATCH) return Math.ceil(suspects / 2);
  if (suspects === 0 && untested > LARGEST_BATCH) return LARGEST_BATCH;
  const nearest = Math.min(untested, LARGEST_BATCH - suspects);
  return tableFor(
    LARGEST_BATCH,
    expectedBad,
  )({ suspects, untested: nearest, found: Math.min(found, LARGEST_BATCH - suspects - nearest) });
}

function tableFor(size: number, expectedBad: number): (counts: SearchCounts) => number {
  const ratio = expectedBad < MANY ? RATIO.few : RATIO.many;
  const name = `${size} ${ratio}`;
  let table = tables.get(name);
  if (table === undefined) {
    table = solve(size, (bad) => ratio ** bad + ANY_NUMBER);
    tables.set(name, table);
  }
  return table;
}

/**
 * Dynamic programming over (found, suspects, untested): all that matters, since any place is as likely as any other.
 * With W(f, u) = the weight of all ways to place any number of bad ones among u resources when f others are bad,
 * s suspects and u untested ones weigh W(f, s + u) − W(f, u), because not all of the suspects can be good.
 */
function solve(size: number, likely: (bad: number) => number): (counts: SearchCounts) => number {
  const side = size + 1;
  const at = (found: number, suspects: number, untested: number) => (found * side + suspects) * side + untested;
  const calls = new Float64Array((size + 2) * side * side);
  const splits = new Uint8Array(calls.length);
  const weights = placementWeights(size, likely);
  const placed = (found: number, among: number) => weights[found * side + among] ?? 0;

  function decide(found: number, suspects: number, untested: number): void {
    const searching = suspects > 0;
    const undecided = suspects + untested;
    const impossible = searching ? placed(found, untested) : 0;
    const total = placed(found, undecided) - impossible;
    const most = searching ? suspects - 1 : untested;
    let best = Infinity;
    for (let called = 1; called <= most; called += 1) {
      const left = undecided - called;
      const chance = (placed(found, left) - impossible) / total;
      const good = searching ? at(found, suspects - called, untested) : at(found, 0, left);
      const after = chance * (calls[good] ?? 0) + (1 - chance) * (calls[at(found, called, left)] ?? 0);
      // The margin keeps rounding from deciding between equals.
      if (1 + after < best - 1e-9) {
        best = 1 + after;
        splits[at(found, suspects, untested)] = called;
      }
    }
    calls[at(found, suspects, untested)] = best;
  }

  // Each state rests on states with fewer undecided resources, or with as many and fewer suspects.
  for (let undecided = 1; undecided <= size; undecided += 1) {
    for (let found = size - undecided; found >= 0; found -= 1) {
      // A single suspect is most likely the bad one, and is asked for alone all the same.
      calls[at(found, 1, undecided - 1)] = 1 + (calls[at(found + 1, 0, undecided - 1)] ?? 0);
      for (let suspects = 2; suspects <= undecided; suspects += 1) decide(found, suspects, undecided - suspects);
      decide(found, 0, undecided);
    }
  }
  return ({ found, suspects, untested }) => Math.max(1, splits[at(found, suspects, untested)] ?? 1);
}

/** W(found, among), in rows of `size` + 1. */
function placementWeights(size: number, likely: (bad: number) => number): Float64Array {
  const side = size + 1;
  const ways = binomials(size);
  const weights = new Float64Array(side * side);
  for (let found = 0; found <= size; found += 1) {
    for (let among = 0; found + among <= size; among += 1) {
      let sum = 0;
      for (let bad = 0; bad <= among; bad += 1) {
        const all = found + bad;
        sum += (likely(all) / (ways[size * side + all] ?? 1)) * (ways[among * side + bad] ?? 0);
      }
      weights[found * side + among] = sum;
    }
  }
  return weights;
}

/** Pascal's triangle, in rows of `size` + 1. */
function binomials(size: number): Float64Array {
  const side = size + 1;
  const ways = new Float64Array(side * side);
  for (let all = 0; all <= size; all += 1) {
    ways[all * side] = 1;
    for (let chosen = 1; chosen <= all; chosen += 1) {
      const above = (all - 1) * side + chosen;
      ways[all * side + chosen] = (ways[above - 1] ?? 0) + (ways[above] ?? 0);
    }
  }
  return ways;
}
