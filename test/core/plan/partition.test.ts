import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { bestPartition } from "../../../lib/core/plan/partition.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

const sets = fc.uniqueArray(fc.subarray([0, 1, 2, 3], { minLength: 1 }), {
  selector: (tags) => tags.join(),
  minLength: 3,
  maxLength: 8,
});

/** Every way to put these keys into groups. */
function partitionsOf([first, ...others]: readonly number[]): number[][][] {
  if (first === undefined) return [[]];
  return partitionsOf(others).flatMap((groups) => [
    [[first], ...groups],
    ...groups.map((group, at) => groups.with(at, [first, ...group])),
  ]);
}

/** Calls to write the tags of each group of keys by themselves, resources grouped by which of them they miss. */
function costOf(
  groups: readonly (readonly number[])[],
  rows: readonly number[][],
  counts: readonly number[],
  cap: number,
) {
  const loads = new Map<string, number>();
  for (const [index, tags] of rows.entries()) {
    for (const group of groups) {
      const block = tags.filter((tag) => group.includes(tag)).join();
      if (block !== "") loads.set(block, (loads.get(block) ?? 0) + (counts[index] ?? 0));
    }
  }
  return [...loads.values()].reduce((sum, load) => sum + Math.ceil(load / cap), 0);
}

test("no partition of the keys needs fewer calls", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(sets, counts, fc.integer({ min: 1, max: 6 }), (rows, countOf, cap) => {
      const blocks = numberBlocks(reducedOf(tagSetsOf(rows), { resourcesPerCall: cap }));
      const grouping = bestPartition(blocks, (set) => countOf[blocks.sets.indexOf(set)] ?? 0);
      const loads = new Map<number, number>();
      for (const [index, set] of blocks.sets.entries()) {
        const masks = grouping?.(set) ?? [];
        const lowest = masks.map((mask) => mask & -mask);
        expect(lowest).toEqual(lowest.toSorted((a, b) => a - b));
        expect(masks.reduce((sum, mask) => sum + mask, 0)).toBe(set.all);
        for (const mask of masks) {
          const block = set.blockOf[mask] ?? 0;
          loads.set(block, (loads.get(block) ?? 0) + (countOf[index] ?? 0));
        }
      }
      const cost = [...loads.values()].reduce((sum, load) => sum + Math.ceil(load / cap), 0);
      const keys = [...new Set(rows.flat())];
      expect(cost).toBe(Math.min(...partitionsOf(keys).map((groups) => costOf(groups, rows, countOf, cap))));
    }),
    { numRuns: 300 },
  );
});

test("no group has more tags of a set than a call takes", () => {
  const blocks = numberBlocks(
    reducedOf(
      tagSetsOf([
        [0, 1, 2],
        [0, 1],
      ]),
      { tagsPerCall: 2 },
    ),
  );
  const grouping = bestPartition(blocks, () => 1);
  for (const set of blocks.sets) for (const mask of grouping?.(set) ?? []) expect(set.fits(mask)).toBe(true);
});

test("with more than ten keys there is none, for that would take too long", () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, key) => [key, (key + 1) % count].sort((a, b) => a - b));
  const partitionOf = (count: number) => bestPartition(numberBlocks(reducedOf(tagSetsOf(keys(count)))), () => 1);
  expect(partitionOf(10)).toBeDefined();
  expect(partitionOf(11)).toBeUndefined();
});
