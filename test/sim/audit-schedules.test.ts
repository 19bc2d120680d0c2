import { expect, test } from "vitest";
import { drawScenario } from "../../sim/audit/draw-scenario.ts";
import { simulateAudit } from "../../sim/audit/simulate.ts";
import { runMany } from "../../sim/run-many.ts";

const SEEDS = 200;

// Among them are the seeds that found what docs/simulation.md lists, e.g. 3 and 51.
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

test("the same seed is the same audit, to the last line of its trace", async () => {
  for (const seed of [4, 14, 58]) {
    const [first, second] = [await simulateAudit(seed, { traced: true }), await simulateAudit(seed, { traced: true })];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.trace).toEqual(first.trace);
  }
});
