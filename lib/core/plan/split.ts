import type { BlockSet } from "./blocks.ts";
import { MOST_TAGS_PER_SET } from "./blocks.ts";

/** What a search may take, and when it may stop. */
export interface SearchLimits {
  /** Counted and not timed, so that the same input gives the same plan. */
  readonly steps: number;
  /** No routing has fewer calls, so one that has no more is as good as any. */
  readonly lowerBound: number;
}

/** What it costs to send a resource to this block; Infinity where it can't be. */
export type BlockPrice = (block: number, mask: number) => number;

export interface Splitter {
  /** The cheapest way to split all tags of the set into blocks, lowest tag first; undefined where there is none. */
  split(set: BlockSet, price: BlockPrice): readonly number[] | undefined;
  /** (subset, block) pairs looked at so far: what a search budget counts. */
  readonly steps: number;
}

/** What a split costs beyond its pairs, in steps. */
const OVERHEAD = 300;

/** Exact, by dynamic programming over the subsets of the set. */
export function createSplitter(): Splitter {
  const cost = new Float64Array(2 ** MOST_TAGS_PER_SET);
  const choice = new Int32Array(2 ** MOST_TAGS_PER_SET);
  const prices = new Float64Array(2 ** MOST_TAGS_PER_SET);
  let steps = 0;

  function fill({ all, blockOf, fits }: BlockSet, price: BlockPrice): void {
    for (let mask = 1; mask <= all; mask += 1) {
      prices[mask] = fits(mask) ? price(blockOf[mask] ?? 0, mask) : Infinity;
    }
    for (let mask = 1; mask <= all; mask += 1) {
      const lowest = mask & -mask;
      const others = mask ^ lowest;
      let best = Infinity;
      let chosen = 0;
      // Every split has one block that holds the lowest tag, so only those are tried.
      for (let part = others; ; part = (part - 1) & others) {
        const block = part | lowest;
        const total = (prices[block] ?? Infinity) + (cost[mask ^ block] ?? Infinity);
        steps += 1;
        if (total < best) {
          best = total;
          chosen = block;
        }
        if (part === 0) break;
      }
      cost[mask] = best;
      choice[mask] = chosen;
    }
  }

  return {
    split(set, price) {
      steps += OVERHEAD;
      fill(set, price);
      if (cost[set.all] === Infinity) return undefined;
      const masks: number[] = [];
      for (let rest = set.all; rest !== 0; rest ^= choice[rest] ?? rest) masks.push(choice[rest] ?? rest);
      return masks;
    },
    get steps() {
      return steps;
    },
  };
}
