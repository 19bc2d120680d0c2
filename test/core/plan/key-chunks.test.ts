import { expect, test } from "vitest";
import { keyChunks, searchWidth } from "../../../lib/core/plan/key-chunks.ts";
import { seededRandom } from "../../../lib/core/seeded-random.ts";
import { askedPairs, contract, identicalSets, onePerTag, pairsOf, planWith, resource } from "./planning.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

/** So many resources, each of which misses any of 13 keys; those that begin with `v` have several values. */
function wide(count: number, seed: number) {
  const random = seededRandom(seed);
  const keys = [..."abcdefghijk", "v1", "v2"];
  return Array.from({ length: count }, (_, index) => {
    const missed = keys.filter(() => random() < 0.6);
    const valueOf = (key: string) => (key.startsWith("v") ? String(Math.floor(random() * 4)) : "1");
    return resource(`r${index}`, Object.fromEntries(missed.map((key) => [key, valueOf(key)])));
  });
}

test.each([
  [40, 10, 20, 33, 14],
  [25, 4, 5, 39, 14],
  [25, 50, 20, 19, 12],
  [60, 3, 3, 97, 58],
])("%d resources with 13 keys, %d × %d to a call, need no more than %d calls, and provably %d", (...row) => {
  const [count, cap, tagsPerCall, calls, lowerBound] = row;
  const resources = wide(count, 1);
  const one = contract({ cap, tagsPerCall, tagsPerResource: 50 });
  const result = planWith(resources, one, 20_000);
  expect(pairsOf(result).sort()).toEqual(askedPairs(resources).sort());
  expect(result.calls).toBeLessThanOrEqual(Math.min(onePerTag(result, one), identicalSets(result, one)));
  expect(result.calls).toBeLessThanOrEqual(calls);
  expect(result.lowerBound).toBeGreaterThanOrEqual(lowerBound);
  for (const { resourceIds, tags } of result.batches) {
    expect(resourceIds.length).toBeLessThanOrEqual(cap);
    expect(tags.size).toBeLessThanOrEqual(tagsPerCall);
  }
});

test("where many resources miss few of many keys, keys aren't planned apart", () => {
  const keys = [..."abcdefghijklmnop"];
  const resources = Array.from({ length: 48 }, (_, index) => {
    const missed = [0, 1, 5].map((step) => keys[(index + step) % keys.length] ?? "a");
    return resource(`r${index}`, Object.fromEntries(missed.map((key) => [key, "1"])));
  });
  const one = contract({ cap: 4, tagsPerCall: 20, tagsPerResource: 50 });
  const { calls, lowerBound } = planWith(resources, one, 20_000);
  expect(calls).toBeLessThanOrEqual(16);
  expect(lowerBound).toBeGreaterThanOrEqual(12);
});

test("keys aren't planned apart where that takes more calls than one per set of missing tags", () => {
  const keys = [..."abcdefghijklm"];
  const resources = Array.from({ length: 13 * 30 }, (_, index) =>
    resource(`r${index}`, Object.fromEntries(keys.toSpliced(index % 13, 1).map((key) => [key, "1"]))),
  );
  expect(planWith(resources, contract({ cap: 50, tagsPerCall: 20, tagsPerResource: 50 }), 20_000).calls).toBe(13);
});

test("subsets of tags are numbered as far as there are not too many of them", () => {
  const widthFor = (sets: number, tags: number) =>
    searchWidth(
      reducedOf(tagSetsOf(Array.from({ length: sets }, () => Array.from({ length: tags }, (_, tag) => tag)))),
    );
  expect(widthFor(1, 30)).toBe(10);
  // 2,000,000 subsets: 1,953 × 2^10, 3,906 × 2^9.
  expect([widthFor(1_953, 12), widthFor(1_954, 12), widthFor(3_906, 12), widthFor(3_907, 12)]).toEqual([10, 9, 9, 8]);
  expect(widthFor(3_907, 8)).toBe(10);
  // 2,000,000 exactly.
  expect(widthFor(15_625, 7)).toBe(10);
});

test("the keys of a chunk go with all of their values, and no chunk has more than so many", () => {
  const sets = tagSetsOf([[0, 1, 2, 3], [0, 2, 4], [4]]);
  const chunks = keyChunks(reducedOf(sets), 2);
  expect(chunks.map((some) => some.map(({ tagNumbers, keyNumbers, ids }) => [tagNumbers, keyNumbers, ids]))).toEqual([
    [
      [[0, 1], [0, 1], ["r0-0"]],
      [[0], [0], ["r1-0"]],
    ],
    [
      [[2, 3], [2, 3], ["r0-0"]],
      [[2], [2], ["r1-0"]],
    ],
    [[[4], [4], ["r1-0", "r2-0"]]],
  ]);
});

test("sets whose numbers read alike stay apart", () => {
  const [chunk] = keyChunks(
    reducedOf(
      tagSetsOf([
        [1, 2, 3],
        [1, 23],
      ]),
    ),
    10,
  );
  expect(chunk?.map(({ tagNumbers }) => tagNumbers)).toEqual([
    [1, 2, 3],
    [1, 23],
  ]);
});

test("tags that are always missed together stay together", () => {
  const reduced = { ...reducedOf(tagSetsOf([[0, 1], [0]])), tagsOf: [[0, 1, 2], [3]] };
  const [first, second, ...others] = keyChunks(reduced, 1);
  expect(first).toEqual([{ tagNumbers: [0, 1, 2], keyNumbers: [0, 0, 0], ids: ["r0-0", "r1-0"] }]);
  expect(second).toEqual([{ tagNumbers: [3], keyNumbers: [1], ids: ["r0-0"] }]);
  expect(others).toEqual([]);
});
