import * as fc from "../../properties.ts";
import { describe, expect, test } from "vitest";
import { askedPairs, contract, identicalSets, onePerTag, pairsOf, planWith, resource } from "./planning.ts";

/** Up to 14 keys, all of which one resource can miss. */
const wideWorlds = fc
  .array(fc.subarray([..."abcdefghijklmn"], { minLength: 1 }), { minLength: 1, maxLength: 25 })
  .map((rows) => rows.map((keys, index) => resource(`r${index}`, Object.fromEntries(keys.map((key) => [key, "1"])))));

/** So that a hundred plans take no longer than a few. */
const FEW_STEPS = 5_000;

describe("with more keys than a search can walk the subsets of", () => {
  const roomy = (cap: number, tagsPerCall: number) => contract({ cap, tagsPerCall, tagsPerResource: 50 });
  const limits = [fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })] as const;

  test("each pair is in exactly one batch, and no batch exceeds a limit", () => {
    fc.assert(
      fc.property(wideWorlds, ...limits, (resources, cap, tagsPerCall) => {
        const result = planWith(resources, roomy(cap, tagsPerCall), FEW_STEPS);
        expect(pairsOf(result).sort()).toEqual(askedPairs(resources).sort());
        expect(Math.max(...result.batches.map(({ tags }) => tags.size))).toBeLessThanOrEqual(tagsPerCall);
        expect(Math.max(...result.batches.map(({ resourceIds }) => resourceIds.length))).toBeLessThanOrEqual(cap);
      }),
    );
  });

  test("there are never more calls than with either simple plan, nor fewer than the lower bound", () => {
    fc.assert(
      fc.property(wideWorlds, ...limits, (resources, cap, tagsPerCall) => {
        const one = roomy(cap, tagsPerCall);
        const result = planWith(resources, one, FEW_STEPS);
        expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
        expect(result.calls).toBeLessThanOrEqual(Math.min(onePerTag(result, one), identicalSets(result, one)));
      }),
    );
  });

  test("keys that are always missed together are planned as one", () => {
    const keys = [..."abcdefghijklmn"];
    const halves = [keys.slice(0, 7), keys.slice(7), keys];
    const resources = Array.from({ length: 30 }, (_, index) =>
      resource(`r${index}`, Object.fromEntries((halves[index % 3] ?? keys).map((key) => [key, "1"]))),
    );
    expect(planWith(resources, roomy(20, 20))).toMatchObject({ calls: 2, lowerBound: 2 });
  });
});
