import { describe, expect, test } from "vitest";
import { plan } from "../../../lib/core/plan/plan.ts";
import * as fc from "../../properties.ts";
import { api, contract, contracts, identicalSets, onePerTag, planWith, resource, uniform, worlds } from "./planning.ts";

describe("the budget", () => {
  test("of 0 gives the better of the two simple plans, and more is never worse", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const first = plan({ resources, contractFor: () => one, budget: 0 });
        expect(first.calls).toBeLessThanOrEqual(Math.min(onePerTag(first, one), identicalSets(first, one)));
        expect(plan({ resources, contractFor: () => one, budget: 5_000 }).calls).toBeLessThanOrEqual(first.calls);
      }),
    );
  });

  test("decides alone: the same input and budget give the same plan", () => {
    const resources = uniform(200, 8, 7);
    const once = plan({ resources, contractFor: () => api, budget: 100_000 });
    expect(plan({ resources: resources.toReversed(), contractFor: () => api, budget: 100_000 })).toEqual(once);
  });

  test("is enough by default to come close to the lower bound for 10,000 resources", () => {
    const { calls, lowerBound } = planWith(uniform(10_000, 8, 3), api);
    expect(calls / lowerBound).toBeLessThanOrEqual(1.12);
    const five = planWith(uniform(10_000, 5, 3), api);
    expect(five.calls / five.lowerBound).toBeLessThanOrEqual(1.03);
  });
});

test("one resource with 50 missing tags and 10,000 that all differ are planned", () => {
  const roomy = contract({ cap: 50, tagsPerCall: 20, tagsPerResource: 100 });
  const keys = Array.from({ length: 50 }, (_, index) => [`k${index}`, "1"]);
  expect(planWith([resource("r1", Object.fromEntries(keys))], roomy).calls).toBe(3);
  const different = Array.from({ length: 10_000 }, (_, index) =>
    resource(`r${index}`, { owner: `o${index}`, env: "1" }),
  );
  expect(planWith(different, roomy)).toMatchObject({ calls: 10_000, lowerBound: 10_000 });
});

test("hundreds of thousands of calls are planned like a few", () => {
  const resources = Array.from({ length: 200_000 }, (_, index) => resource(`r${index}`, { env: "dev" }));
  expect(planWith(resources, contract({ cap: 1 }))).toMatchObject({ calls: 200_000, lowerBound: 200_000 });
});

test("a set of hundreds of thousands takes in the odd resource of another", () => {
  const some = (count: number, name: string, tags: Record<string, string>) =>
    Array.from({ length: count }, (_, index) => resource(`${name}${index}`, tags));
  const both = some(51, "ab", { a: "1", b: "1" });
  const resources = [...some(1, "a", { a: "1" }), ...both, ...some(150_001, "b", { b: "1" })];
  expect(planWith(resources, contract({ cap: 50 })).calls).toBe(3_003);
});
