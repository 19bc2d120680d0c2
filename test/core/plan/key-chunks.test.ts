import { expect, test } from "vitest";
import { seededRandom } from "../../../lib/core/seeded-random.ts";
import { askedPairs, contract, identicalSets, onePerTag, pairsOf, planWith, resource } from "./planning.ts";

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
