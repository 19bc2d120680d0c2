import type { CallLimits, TagSet } from "./call-groups.ts";

/** How many (block, tag set) steps the search may take: counted and not timed, so that the same input gives the same plan. */
const STEPS = 600_000;
/** Above this, subsets of keys are too many to walk. */
const MOST_KEYS = 12;

/** Key numbers that are grouped together. */
export type Block = ReadonlySet<number>;

/**
 * The partition of the keys into blocks that needs the fewest calls, among the blocks that the budget can look at:
 * always single keys and all keys in one block, then pairs, triples and so on.
 */
export function bestPartition(tagSets: readonly TagSet[], limits: CallLimits): Block[] {
  const keys = [...new Set(tagSets.flatMap(({ keyNumbers }) => keyNumbers))].sort((a, b) => a - b);
  const blockOf = (mask: number): Block => new Set(keys.filter((_, position) => (mask & (1 << position)) !== 0));
  const costOf = (block: Block) => blockCost(tagSets, block, limits);
  if (keys.length === 0) return [];

  const single = keys.map((key) => new Set([key]));
  const all = new Set(keys);
  if (keys.length > MOST_KEYS) {
    const oneEach = single.reduce((sum, block) => sum + costOf(block), 0);
    return oneEach < costOf(all) ? single : [all];
  }

  const masks = affordableMasks(keys.length, tagSets.length);
  const costs = new Map(masks.map((mask) => [mask, costOf(blockOf(mask))]));
  return cheapest(costs, (1 << keys.length) - 1).map(blockOf);
}

/** Blocks by ascending size, as many sizes as the budget allows, and always the block of all keys. */
function affordableMasks(keyCount: number, setCount: number): number[] {
  const all = (1 << keyCount) - 1;
  const bySize: number[][] = Array.from({ length: keyCount + 1 }, () => []);
  for (let mask = 1; mask <= all; mask += 1) bySize[bitCount(mask)]?.push(mask);
  const masks = [...(bySize[1] ?? [])];
  for (const sameSize of bySize.slice(2, keyCount)) {
    if ((masks.length + sameSize.length) * setCount > STEPS) break;
    masks.push(...sameSize);
  }
  return keyCount === 1 ? masks : [...masks, all];
}

/** The cheapest way to split `all` into blocks with known costs; each step takes a block that holds the lowest key left. */
function cheapest(costs: ReadonlyMap<number, number>, all: number): number[] {
  const best = new Map<number, { calls: number; blocks: readonly number[] }>([[0, { calls: 0, blocks: [] }]]);
  for (let mask = 1; mask <= all; mask += 1) {
    const lowest = mask & -mask;
    let chosen: { calls: number; block: number } | undefined;
    for (const [block, cost] of costs) {
      if ((block & lowest) === 0 || (block & ~mask) !== 0) continue;
      const calls = cost + (best.get(mask ^ block)?.calls ?? Infinity);
      if (chosen === undefined || calls < chosen.calls) chosen = { calls, block };
    }
    if (chosen === undefined) continue;
    const blocks = [chosen.block, ...(best.get(mask ^ chosen.block)?.blocks ?? [])];
    best.set(mask, { calls: chosen.calls, blocks });
  }
  return [...(best.get(all)?.blocks ?? [])];
}

/** Calls to write the tags of these keys, resources grouped by which of them they miss. */
function blockCost(tagSets: readonly TagSet[], block: Block, { resourcesPerCall, tagsPerCall }: CallLimits): number {
  const groups = new Map<string, { size: number; count: number }>();
  for (const { tagNumbers, keyNumbers, ids } of tagSets) {
    let signature = "";
    let size = 0;
    for (const [index, key] of keyNumbers.entries()) {
      if (!block.has(key)) continue;
      signature += `${tagNumbers[index]},`;
      size += 1;
    }
    if (size === 0) continue;
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, { size, count: ids.length });
    else group.count += ids.length;
  }
  let calls = 0;
  for (const { size, count } of groups.values()) {
    calls += Math.ceil(count / resourcesPerCall) * Math.ceil(size / tagsPerCall);
  }
  return calls;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
