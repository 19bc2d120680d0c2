import type { Blocks, BlockSet } from "./blocks.ts";

/** Above this many keys, their subsets are too many to walk. */
const MOST_KEYS = 10;
/** Above this many (subset of keys, set) steps, too. */
const MOST_STEPS = 20_000_000;

/** How the tags of each set are grouped; masks that are disjoint and together all of the set, lowest tag first. */
export type Grouping = (set: BlockSet) => readonly number[];

/**
 * The partition of the keys in which grouping the resources, block by block, needs the fewest calls; `countOf` says how
 * many resources of a set take part. All keys in one block is grouping by identical sets; a block for each key is one
 * call per tag; so the result is never worse than either. Exact: the cost of each subset of the keys is counted, then
 * the cheapest way to put subsets together. Undefined where that would take too long.
 */
export function bestPartition(blocks: Blocks, countOf: (set: BlockSet) => number): Grouping | undefined {
  const keys = [...new Set(blocks.sets.flatMap(({ keyNumbers }) => keyNumbers))].sort((a, b) => a - b);
  if (keys.length > MOST_KEYS || blocks.sets.length * 2 ** keys.length > MOST_STEPS) return undefined;
  const positions = new Map(keys.map((key, position) => [key, position]));
  const bitsOf = new Map(
    blocks.sets.map((set) => [set, set.keyNumbers.map((key) => 1 << (positions.get(key) ?? 0))] as const),
  );
  const parts = cheapest(subsetCosts(blocks, keys.length, bitsOf, countOf), 2 ** keys.length - 1);
  return (set) =>
    parts.flatMap((part) => tagsWithin(bitsOf.get(set) ?? [], part) || []).sort((a, b) => (a & -a) - (b & -b));
}

/** Subset of the keys → calls to write all tags of these keys, resources grouped by which of them they miss. */
function subsetCosts(
  { sets, blockCount, cap }: Blocks,
  keyCount: number,
  bitsOf: ReadonlyMap<BlockSet, readonly number[]>,
  countOf: (set: BlockSet) => number,
): Float64Array {
  const costs = new Float64Array(2 ** keyCount);
  const load = new Int32Array(blockCount);
  const rows = sets.map((set) => ({ set, bits: bitsOf.get(set) ?? [], count: countOf(set) }));
  for (let keys = 1; keys < costs.length; keys += 1) {
    let calls = 0;
    const used: number[] = [];
    for (const { set, bits, count } of rows) {
      const mask = tagsWithin(bits, keys);
      if (mask === 0 || count === 0) continue;
      const block = set.blockOf[mask] ?? 0;
      const before = load[block] ?? 0;
      if (before === 0) used.push(block);
      load[block] = before + count;
      calls += set.fits(mask) ? Math.ceil((before + count) / cap) - Math.ceil(before / cap) : Infinity;
    }
    for (const block of used) load[block] = 0;
    costs[keys] = calls;
  }
  return costs;
}

/** The mask of a set's tags whose keys are among these. */
function tagsWithin(keyBits: readonly number[], keys: number): number {
  let mask = 0;
  for (let tag = 0; tag < keyBits.length; tag += 1) if (((keyBits[tag] ?? 0) & keys) !== 0) mask |= 1 << tag;
  return mask;
}

function cheapest(costs: Float64Array, all: number): number[] {
  const best = new Float64Array(all + 1).fill(Infinity);
  const chosen = new Int32Array(all + 1);
  best[0] = 0;
  for (let mask = 1; mask <= all; mask += 1) {
    const lowest = mask & -mask;
    const others = mask ^ lowest;
    for (let part = others; ; part = (part - 1) & others) {
      const total = (costs[part | lowest] ?? Infinity) + (best[mask ^ (part | lowest)] ?? Infinity);
      if (total < (best[mask] ?? Infinity)) {
        best[mask] = total;
        chosen[mask] = part | lowest;
      }
      if (part === 0) break;
    }
  }
  const parts: number[] = [];
  for (let rest = all; rest !== 0; rest ^= chosen[rest] ?? rest) parts.push(chosen[rest] ?? rest);
  return parts;
}
