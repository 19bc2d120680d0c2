import * as fc from "../../properties.ts";
import { describe, expect, test } from "vitest";
import { resourceKey } from "../../../lib/core/resource.ts";
import { applied, askedPairs, contracts, identicalSets, onePerTag, pairsOf, planWith, worlds } from "./planning.ts";

describe("for every input", () => {
  test("no batch exceeds a limit of its API", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        for (const { resourceIds, tags } of planWith(resources, one).batches) {
          expect(resourceIds.length).toBeGreaterThan(0);
          expect(resourceIds.length).toBeLessThanOrEqual(one.tag.resourcesPerCall);
          expect(tags.size).toBeGreaterThan(0);
          expect(tags.size).toBeLessThanOrEqual(one.tag.tagsPerCall);
        }
      }),
    );
  });

  test("each pair that was asked for is in exactly one batch or unresolved, and nothing else is written", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const each = { ...one, batching: "each" as const };
        const result = planWith(resources, each);
        const unresolved = result.unresolved.map((tag) => JSON.stringify([resourceKey(tag), tag.key, tag.value]));
        expect([...pairsOf(result), ...unresolved].sort()).toEqual(askedPairs(resources).sort());
      }),
    );
  });

  test("no resource ends with more tags than its provider allows", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const after = applied(resources, planWith(resources, { ...one, batching: "each" }));
        for (const [index, { current }] of resources.entries()) {
          const tags = [...(after[index]?.current.keys() ?? [])].filter((key) => !key.startsWith("sys:"));
          expect(tags.length).toBeLessThanOrEqual(Math.max(one.tagsPerResource, current.size));
        }
      }),
    );
  });

  test("planning again after applying plans nothing", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const each = { ...one, batching: "each" as const };
        expect(planWith(applied(resources, planWith(resources, each)), each).calls).toBe(0);
      }),
    );
  });

  test("the order of the input makes no difference", () => {
    const shuffled = worlds.chain((resources) =>
      fc.tuple(
        fc.constant(resources),
        fc.shuffledSubarray(resources, { minLength: resources.length, maxLength: resources.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, contracts, ([resources, other], one) => {
        expect(planWith(other, one)).toEqual(planWith(resources, one));
      }),
    );
  });

  test("the lower bound is at most the calls, and the calls at most those of either simple plan", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const result = planWith(resources, one);
        expect(result.calls).toBe(result.batches.length);
        expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
        expect(result.calls).toBeLessThanOrEqual(Math.min(onePerTag(result, one), identicalSets(result, one)));
      }),
    );
  });
});
