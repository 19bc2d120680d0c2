/** What is known while bad resources are searched for: how many are suspects, untested, and found already. */
export interface SearchCounts {
  /** Of these at least one is bad; 0 = no failed call is open. */
  readonly suspects: number;
  readonly untested: number;
  readonly found: number;
}

/**
 * How probable it is, before the search, that k of a batch are bad, relative to each other: every further one half as
 * likely. The strategy below is the best one for this expectation, and good for whatever comes instead.
 */
const weight = (bad: number): number => 0.5 ** bad;

/** Above this the table would cost more time than it saves calls; no tag call takes more resources. */
const LARGEST_BATCH = 50;

const tables = new Map<number, (counts: SearchCounts) => number>();

/**
 * How many resources the next call should hold so that, over all ways in which the bad ones may lie, the fewest calls
 * are needed on average until each resource is known to be good by a call that succeeded, or bad. Deterministic.
 * `size` = how many resources the search began with.
 */
export function bestSplit(size: number, counts: SearchCounts): number {
  const { suspects, untested } = counts;
  if (size > LARGEST_BATCH) return suspects > 0 ? Math.ceil(suspects / 2) : untested;
  let table = tables.get(size);
  if (table === undefined) {
    table = solve(size);
    tables.set(size, table);
  }
  return table(counts);
}

/**
 * Dynamic programming over (found, suspects, untested): all that matters, since any place is as likely as any other.
 * With W(f, u) = the weight of all ways to place any number of bad ones among u resources when f others are bad,
 * s suspects and u untested ones weigh W(f, s + u) − W(f, u), because not all of the suspects can be good.
 */
function solve(size: number): (counts: SearchCounts) => number {
  const side = size + 1;
  const at = ({ suspects, untested, found }: SearchCounts) => (found * side + suspects) * side + untested;
  const calls = new Float64Array((size + 2) * side * side);
  const splits = new Uint8Array(calls.length);
  const weights = placementWeights(size);
  const placed = (found: number, among: number) => weights[found * side + among] ?? 0;
  const weigh = ({ suspects, untested, found }: SearchCounts) =>
    placed(found, suspects + untested) - (suspects > 0 ? placed(found, untested) : 0);

  function decide(counts: SearchCounts): void {
    const { suspects, untested, found } = counts;
    const total = weigh(counts);
    const most = suspects > 0 ? suspects - 1 : untested;
    let best = Infinity;
    for (let called = 1; called <= most; called += 1) {
      const good: SearchCounts =
        suspects > 0 ? { ...counts, suspects: suspects - called } : { ...counts, untested: untested - called };
      const rest = suspects > 0 ? suspects + untested - called : untested - called;
      const chance = weigh(good) / total;
      const after =
        chance * (calls[at(good)] ?? 0) + (1 - chance) * (calls[at({ suspects: called, untested: rest, found })] ?? 0);
      // The margin keeps rounding from deciding between equals.
      if (1 + after < best - 1e-9) {
        best = 1 + after;
        splits[at(counts)] = called;
      }
    }
    calls[at(counts)] = best;
  }

  // Each state rests on states with fewer undecided resources, or with as many and fewer suspects.
  for (let undecided = 1; undecided <= size; undecided += 1) {
    for (let found = size - undecided; found >= 0; found -= 1) {
      const single = { suspects: 1, untested: undecided - 1, found };
      calls[at(single)] = calls[at({ suspects: 0, untested: undecided - 1, found: found + 1 })] ?? 0;
      for (let suspects = 2; suspects <= undecided; suspects += 1) {
        decide({ suspects, untested: undecided - suspects, found });
      }
      decide({ suspects: 0, untested: undecided, found });
    }
  }
  return (counts) => Math.max(1, splits[at(counts)] ?? 1);
}

/** W(found, among), in rows of `size` + 1. */
function placementWeights(size: number): Float64Array {
  const side = size + 1;
  const ways = binomials(size);
  const weights = new Float64Array(side * side);
  for (let found = 0; found <= size; found += 1) {
    for (let among = 0; found + among <= size; among += 1) {
      let sum = 0;
      for (let bad = 0; bad <= among; bad += 1) {
        const all = found + bad;
        sum += (weight(all) / (ways[size * side + all] ?? 1)) * (ways[among * side + bad] ?? 0);
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
