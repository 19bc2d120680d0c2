import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

const sets = fc.uniqueArray(fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }), {
  selector: (tags) => tags.join(),
  minLength: 1,
  maxLength: 8,
});
const chosen = (tags: readonly number[], mask: number) => tags.filter((_, bit) => ((mask >> bit) & 1) === 1).join();

test("each subset of a set has one number, the same in every set, and numbers run from 1", () => {
  fc.assert(
    fc.property(sets, (rows) => {
      const blocks = numberBlocks(reducedOf(tagSetsOf(rows)));
      const numberOf = new Map<string, number>();
      for (const [index, tags] of rows.entries()) {
        const set = blocks.sets[index];
        expect(set).toMatchObject({ size: tags.length, count: 1, all: 2 ** tags.length - 1, keyNumbers: tags });
        for (let mask = 1; mask < 2 ** tags.length; mask += 1) {
          const number = set?.blockOf[mask] ?? 0;
          expect(numberOf.get(chosen(tags, mask)) ?? number).toBe(number);
          numberOf.set(chosen(tags, mask), number);
        }
      }
      const numbers = [...numberOf.values()].sort((a, b) => a - b);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      expect(blocks.blockCount).toBe(numbers.length + 1);
    }),
  );
});

test("a block fits a call if it has no more tags than that", () => {
  const sizes = (tagsPerCall: number) => {
    const [set] = numberBlocks(reducedOf(tagSetsOf([[0, 1, 2]]), { tagsPerCall })).sets;
    return [1, 2, 3, 4, 5, 6, 7].filter((mask) => set?.fits(mask));
  };
  expect(sizes(1)).toEqual([1, 2, 4]);
  expect(sizes(2)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(sizes(3)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
