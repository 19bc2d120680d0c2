import { expect, test } from "vitest";
import { drawScenario } from "../../sim/audit/draw-scenario.ts";
import { simulateAudit } from "../../sim/audit/simulate.ts";
import { runMany } from "../../sim/run-many.ts";

const SEEDS = 200;

test("200 schedules of audits break no rule, and meet what they are there for", { timeout: 600_000 }, async () => {
  const { failures, schedules, counts } = await runMany("audit", 1, SEEDS);
  expect(failures).toEqual([]);
  expect(schedules).toBe(SEEDS);
  for (const [name, count] of Object.entries(counts)) expect([name, count > 0]).toEqual([name, true]);
  expect(Object.keys(counts)).toContain("handedOn");
});

test("each schedule of audits has at least 3 kinds of faults, and some have two runs at once", () => {
  const scenarios = Array.from({ length: SEEDS }, (_, index) => drawScenario(index + 1));
  for (const { faultNames, resources } of scenarios) {
    expect(new Set(faultNames).size).toBeGreaterThanOrEqual(3);
    expect(resources.length).toBeGreaterThan(1);
  }
  expect(scenarios.filter(({ runsAt }) => runsAt.length > 1).length).toBeGreaterThan(SEEDS / 5);
});

test("the same seed is the same audit, to the last line of its trace", { timeout: 60_000 }, async () => {
  for (const seed of [4, 14, 58]) {
    const [first, second] = [await simulateAudit(seed, { traced: true }), await simulateAudit(seed, { traced: true })];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.trace).toEqual(first.trace);
  }
});

/** Each of these broke a rule once. */
test.each([
  [40, "the last attempt crashed after its shard was given up, and nobody asked for the report"],
  [1513, "an attempt crashed after its shard had ended, and left parts that don't count"],
  [1545, "the same, with two runs"],
])("seed %i breaks no rule any more: %s", { timeout: 60_000 }, async (seed) => {
  expect((await simulateAudit(seed)).violations).toEqual([]);
});
