import { expect, test } from "vitest";
import { resourcesOf, type WORKLOADS } from "../../../bench/workloads.ts";
import { plan } from "../../../lib/core/plan/plan.ts";
import {
  api,
  askedPairs,
  contract,
  identicalSets,
  onePerTag,
  pairsOf,
  planWith,
  resource,
  uniform,
} from "./planning.ts";

const FEW_STEPS = 30_000;
const anyText = { minLength: 1, maxLength: 50, forbiddenPrefixes: [], forbiddenParts: [] };

type Row = [
  workload: keyof typeof WORKLOADS,
  count: number,
  cap: number,
  tagsPerCall: number,
  calls: number,
  lowerBound: number,
];

/** What the planner reached when this was written: a change may do better, but not worse. */
test.each<Row>([
  ["5 constant, uniform", 200, 50, 20, 10, 8],
  ["5 constant, uniform", 200, 20, 3, 20, 15],
  ["5 constant, uniform", 60, 4, 20, 23, 19],
  ["8 constant, uniform", 200, 50, 20, 16, 11],
  ["8 constant, uniform", 200, 7, 2, 82, 65],
  ["8 constant, uniform", 60, 10, 3, 19, 12],
  ["8 constant, realistic", 200, 50, 20, 13, 10],
  ["8 constant, realistic", 200, 3, 20, 87, 75],
  ["8 constant, realistic", 60, 7, 2, 32, 24],
  ["5, one derived", 200, 50, 20, 39, 37],
  ["5, one derived", 200, 20, 20, 48, 42],
  ["5, one derived", 60, 20, 20, 17, 16],
  ["5, one derived, 200 owners", 200, 50, 20, 60, 59],
  ["5, one derived, 200 owners", 200, 10, 4, 76, 69],
  ["5, one derived, 200 owners", 60, 3, 5, 40, 36],
  ["8, two derived", 200, 50, 20, 65, 61],
  ["8, two derived", 200, 2, 20, 182, 138],
  ["8, two derived", 60, 50, 4, 22, 19],
  ["8, two derived, 200 owners", 200, 50, 20, 77, 74],
  ["8, two derived, 200 owners", 200, 5, 1, 208, 140],
  ["8, two derived, 200 owners", 60, 9, 20, 44, 39],
  ["8, two derived, realistic", 200, 50, 20, 62, 55],
  ["8, two derived, realistic", 200, 1, 5, 312, 312],
  ["8, two derived, realistic", 60, 6, 3, 48, 26],
])("%s: %d resources, %d × %d to a call, need no more than %d calls, and provably %d", (...row) => {
  const [workload, count, cap, tagsPerCall, calls, lowerBound] = row;
  const one = contract({ cap, tagsPerCall, tagsPerResource: 50, key: anyText, value: anyText });
  const resources = resourcesOf(workload, count, 1, "alibaba:test:a");
  const result = plan({ resources, contractFor: () => one, budget: cap === 50 ? undefined : FEW_STEPS });
  expect(result.calls).toBeLessThanOrEqual(calls);
  expect(result.lowerBound).toBeGreaterThanOrEqual(lowerBound);
  expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
  expect(pairsOf(result).sort()).toEqual(askedPairs(resources).sort());
});

/** 50 times each pair of three keys. */
const pairsOfThree = Array.from({ length: 150 }, (_, index) =>
  resource(
    `r${index}`,
    [
      { a: "1", b: "1" },
      { b: "1", c: "1" },
      { a: "1", c: "1" },
    ][index % 3] ?? {},
  ),
);

test("with no step to take, the plan is the better of one call per tag and one per set of missing tags", () => {
  for (const [resources, calls] of [
    [uniform(200, 8, 7), 20],
    [uniform(60, 6, 7), 6],
    [pairsOfThree, 3],
  ] as const) {
    const result = planWith(resources, api, 0);
    expect(result.calls).toBe(Math.min(onePerTag(result, api), identicalSets(result, api)));
    expect(result.calls).toBe(calls);
  }
});

test("who goes where doesn't depend on the order of the input", () => {
  const one = contract({ cap: 7, tagsPerCall: 4, tagsPerResource: 50 });
  for (const resources of [uniform(200, 8, 7), uniform(200, 3, 7)]) {
    expect(planWith(resources.toReversed(), one, FEW_STEPS)).toEqual(planWith(resources, one, FEW_STEPS));
  }
});

test("by default a plan takes 3,000 steps a resource, but not less than 150,000", () => {
  const one = contract({ cap: 7, tagsPerCall: 4, tagsPerResource: 50 });
  expect(planWith(uniform(40, 8, 7), one)).toEqual(planWith(uniform(40, 8, 7), one, 150_000));
  expect(planWith(uniform(100, 8, 7), one)).toEqual(planWith(uniform(100, 8, 7), one, 300_000));
});
