import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { createSplitter } from "../../../lib/core/plan/split.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

function setOf(size: number, tagsPerCall = 20) {
  const tags = Array.from({ length: size }, (_, tag) => tag);
  const [set] = numberBlocks(reducedOf(tagSetsOf([tags]), { tagsPerCall })).sets;
  return set ?? expect.fail("there is one set");
}

/** Every way to split these tags into blocks. */
function splitsOf(all: number): number[][] {
  if (all === 0) return [[]];
  const lowest = all & -all;
  const splits: number[][] = [];
  for (let part = all; part > 0; part = (part - 1) & all) {
    if ((part & lowest) !== 0) splits.push(...splitsOf(all ^ part).map((rest) => [part, ...rest]));
  }
  return splits;
}

test("no split is cheaper than the one that is found", () => {
  const prices = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Infinity)), {
    minLength: 16,
    maxLength: 16,
  });
  fc.assert(
    fc.property(prices, fc.integer({ min: 1, max: 4 }), (priceOf, size) => {
      const costOf = (masks: readonly number[]) => masks.reduce((sum, mask) => sum + (priceOf[mask] ?? 0), 0);
      const set = setOf(size);
      const found = createSplitter().split(set, (_, mask) => priceOf[mask] ?? 0);
      const cheapest = Math.min(...splitsOf(set.all).map(costOf));
      expect(found === undefined ? Infinity : costOf(found)).toBe(cheapest);
      expect(found?.reduce((sum, mask) => sum | mask, 0) ?? set.all).toBe(set.all);
    }),
  );
});

test("each block is asked for by its number, and those that don't fit a call are never used", () => {
  const set = setOf(3, 2);
  const asked = new Map<number, number>();
  const found = createSplitter().split(set, (block, mask) => {
    asked.set(mask, block);
    return mask === 0b111 ? 0 : 1;
  });
  expect(found).toHaveLength(2);
  expect(asked).toEqual(new Map([1, 2, 3, 4, 5, 6].map((mask) => [mask, set.blockOf[mask]])));
});

test("blocks come in the order of their lowest tags", () => {
  expect(createSplitter().split(setOf(3), (_, mask) => (mask === 0b010 || mask === 0b101 ? 0 : 1))).toEqual([
    0b101, 0b010,
  ]);
});

test("steps are the (subset, block) pairs that were looked at, and a little for each split", () => {
  const splitter = createSplitter();
  expect(splitter.steps).toBe(0);
  const free = () => 0;
  splitter.split(setOf(1), free);
  const one = splitter.steps;
  splitter.split(setOf(3), free);
  // A subset of b tags has 2^(b − 1) blocks that hold its lowest tag: 3·1 + 3·2 + 1·4 of three tags, 1 of one.
  expect(splitter.steps - one).toBe(one + 12);
  expect(one).toBeGreaterThan(1);
});
