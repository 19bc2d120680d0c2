import { beforeAll, expect, test } from "vitest";
import { drawScenario } from "../../sim/enforce/draw-scenario.ts";
import { runMany } from "../../sim/run-many.ts";
import { simulate } from "../../sim/enforce/simulate.ts";

/** Where races are that are seldom, such as an index that lags behind what somebody did just before a read. */
const FROM = 501;
const SEEDS = 500;

let ran: Awaited<ReturnType<typeof runMany>>;
beforeAll(async () => {
  ran = await runMany("enforce", FROM, SEEDS);
}, 600_000);

test("500 schedules break no rule", () => {
  const { failures, schedules } = ran;
  expect(failures).toEqual([]);
  expect(schedules).toBe(SEEDS);
});

test("each schedule has at least 50 resources and 3 kinds of faults", () => {
  for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
    const { resources, faultNames, messages } = drawScenario(seed);
    expect(resources.length).toBeGreaterThanOrEqual(50);
    expect(new Set(faultNames).size).toBeGreaterThanOrEqual(3);
    expect(messages.length).toBeGreaterThan(0);
  }
});

test("schedules meet what they are there for: crashes, races, lost and refused calls, dead letters", () => {
  const { counts } = ran;
  for (const [name, count] of Object.entries(counts)) expect([name, count > 0]).toEqual([name, true]);
  expect(Object.keys(counts)).toContain("raced");
});

test("the same seed is the same schedule, to the last line of its trace", async () => {
  for (const seed of [3, 14, 159]) {
    const [first, second] = [await simulate(seed, { traced: true }), await simulate(seed, { traced: true })];
    expect(first.trace.length).toBeGreaterThan(100);
    expect(second.trace).toEqual(first.trace);
  }
});

/** Each of these broke a rule once. */
test.each([
  [6, "calls that read again before their write left bunched up"],
  [80, "a write was started after a read although the time was up"],
  [95, "a resource that others had tagged meanwhile was sent more tags than fit"],
  [101_717, "a read for another batch took a write that was under way for somebody else's"],
  [103_584, "the same, on AWS, with a slow answer"],
  [108_193, "the same, between two tags of one resource"],
  [202_987, "a call that was given up landed after the read back, and the journal knew nothing of it"],
  [210_257, "the same, over a value that somebody had written meanwhile"],
  [52_010, "a person set the very tag whose write was lost, and the resource was deleted later on"],
  [225_737, "a full resource that was deleted before its write is rejected for one tag and gone for the others"],
])("seed %i breaks no rule any more: %s", async (seed) => {
  expect((await simulate(seed)).violations).toEqual([]);
});
