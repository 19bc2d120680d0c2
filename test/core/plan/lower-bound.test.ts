import { expect, test } from "vitest";
import { lowerBound } from "../../../lib/core/plan/lower-bound.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

interface Row {
  readonly tags: readonly number[];
  readonly count: number;
  /** By position; by default each tag is a key of its own. */
  readonly keys?: readonly number[];
}
const boundOf = (rows: readonly Row[], cap: number, tagsPerCall = 20) => {
  const sets = tagSetsOf(
    rows.map(({ tags }) => tags),
    rows.map(({ count }) => count),
  ).map((set, index) => ({ ...set, keyNumbers: rows[index]?.keys ?? set.keyNumbers }));
  return lowerBound(reducedOf(sets, { resourcesPerCall: cap, tagsPerCall }));
};

test.each<[string, Row[], number, number]>([
  ["nothing to write needs no call", [], 10, 0],
  ["a set needs as many calls as its resources fill", [{ tags: [0], count: 21 }], 10, 3],
  [
    "sets with no tag in common need their own",
    [
      { tags: [0], count: 11 },
      { tags: [1], count: 5 },
    ],
    10,
    3,
  ],
  [
    "each value of a key needs its own",
    [
      { tags: [0], count: 1, keys: [0] },
      { tags: [1], count: 1, keys: [0] },
      { tags: [2], count: 1, keys: [0] },
    ],
    10,
    3,
  ],
  [
    "calls with one key come on top of those that others need without it",
    [
      { tags: [0, 1], count: 10 },
      { tags: [1], count: 5 },
      { tags: [2], count: 5 },
    ],
    10,
    3,
  ],
  [
    "a resource is whole only in a call of exactly its tags, and otherwise has a place in two",
    [
      { tags: [0], count: 5 },
      { tags: [1], count: 5 },
      { tags: [0, 1], count: 10 },
    ],
    10,
    3,
  ],
])("%s", (_, rows, cap, bound) => {
  expect(boundOf(rows, cap)).toBe(bound);
});

test("a set with more tags than a call takes needs several", () => {
  expect(boundOf([{ tags: [0, 1, 2, 3, 4], count: 10 }], 10, 2)).toBe(3);
  expect(boundOf([{ tags: [0, 1, 2, 3, 4], count: 20 }], 10, 2)).toBe(6);
});

test("with too many keys to try in every order, those that most calls carry are counted first", () => {
  const chain = Array.from({ length: 20 }, (_, key) => ({ tags: [key, key + 1], count: key % 3 === 0 ? 30 : 5 }));
  const apart = Array.from({ length: 20 }, (_, key) => ({ tags: [key], count: 11 }));
  expect(boundOf(apart, 10)).toBe(40);
  expect(boundOf(chain, 10)).toBe(34);
  expect(boundOf([...chain, { tags: [30], count: 1 }], 10)).toBe(35);
});

test("with too many keys to try in every order, the places that resources need count, too", () => {
  const sixteen = Array.from({ length: 16 }, (_, tag) => tag);
  expect(boundOf([{ tags: sixteen, count: 20 }], 10, 4)).toBe(8);
});

test("of the resources with a key, those are spared a second place that a call can hold most of", () => {
  const rows = [
    { tags: [0, 1, 2], count: 2 },
    { tags: [0, 1], count: 1 },
  ];
  expect(boundOf(rows, 2)).toBe(2);
  expect(boundOf(rows.toReversed(), 2)).toBe(2);
});
