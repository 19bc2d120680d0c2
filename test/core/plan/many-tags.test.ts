import { describe, expect, test } from "vitest";
import type { PlannedResource } from "../../../lib/core/plan/plan.ts";
import * as fc from "../../properties.ts";
import { askedPairs, contract, onePerTag, pairsOf, planWith, resource, SHARED } from "./planning.ts";

/** Calls of 50 resources of any types and 10 tags, as of a service that tags all of a cloud. */
const service = contract({ cap: 50, tagsPerCall: 10, tagsPerResource: 50, batching: "together", ...SHARED });
const TYPES = ["alibaba:test:a", "alibaba:test:b", "alibaba:test:c"];
const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${String(index).padStart(2, "0")}`);
const FEW_STEPS = 5_000;

/** Resources of three types, of which several have one id, that lack some of more keys than a call takes. */
const wide = fc
  .constantFrom(12, 20, 30)
  .chain((count) =>
    fc.uniqueArray(
      fc.record({
        type: fc.constantFrom(...TYPES),
        id: fc.integer({ min: 0, max: 30 }).map(String),
        lacks: fc.oneof(fc.constant(keys(count)), fc.subarray(keys(count), { minLength: 1 })),
      }),
      { selector: ({ type, id }) => `${type} ${id}`, minLength: 1, maxLength: 60 },
    ),
  )
  .map((rows) =>
    rows.map(({ type, id, lacks }) => resource(id, Object.fromEntries(lacks.map((key) => [key, "1"])), { type })),
  );

/** A resource takes as many calls as its tags need, and a call takes so many resources. */
const fewest = (resources: readonly PlannedResource[]) =>
  Math.max(
    Math.ceil(resources.reduce((sum, { tags }) => sum + tags.length, 0) / 500),
    ...resources.map(({ tags }) => Math.ceil(tags.length / 10)),
  );

describe("more tags than a call takes", () => {
  test("are written in several calls, each tag of each resource in one of them, whatever ids types share", () => {
    fc.assert(
      fc.property(wide, (resources) => {
        const { batches, unresolved } = planWith(resources, service, FEW_STEPS);
        expect(unresolved).toEqual([]);
        expect(pairsOf({ batches } as Parameters<typeof pairsOf>[0]).sort()).toEqual(askedPairs(resources).sort());
        for (const { tags, resourceIds } of batches) {
          expect(tags.size).toBeLessThanOrEqual(10);
          expect(resourceIds.length).toBeLessThanOrEqual(50);
          expect(new Set(resourceIds).size).toBe(resourceIds.length);
        }
      }),
    );
  });

  test("take no fewer calls than the lower bound says, which says no less than what each call holds, and no more than a call for each tag", () => {
    fc.assert(
      fc.property(wide, (resources) => {
        const result = planWith(resources, service, FEW_STEPS);
        expect(result.calls).toBe(result.batches.length);
        expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
        expect(result.lowerBound).toBeGreaterThanOrEqual(fewest(resources));
        expect(result.calls).toBeLessThanOrEqual(onePerTag(result, service));
      }),
    );
  });

  test.each([
    [12, 2],
    [20, 2],
    [30, 3],
  ])("that all of 100 resources lack are %d keys in %d calls for each 50", (count, calls) => {
    const all = Array.from({ length: 100 }, (_, n) =>
      resource(`r${n % 40}`, Object.fromEntries(keys(count).map((key) => [key, "1"])), { type: TYPES[n % 3] ?? "" }),
    );
    const distinct = [...new Map(all.map((one) => [`${one.resource.type} ${one.resource.id}`, one])).values()];
    expect(distinct).toHaveLength(100);
    expect(planWith(distinct, service)).toMatchObject({ calls: calls * 2 });
  });
});
