import { describe, expect, it } from "vitest";
import { historyFrom, pastRun, runBefore, withRun } from "../../../lib/core/report/history.ts";
import { buildReport } from "../../../lib/core/report/report.ts";
import { EMPTY_SUMMARY } from "../../../lib/core/report/summary.ts";

const day = (n: number) => `2026-11-${String(n).padStart(2, "0")}T02:00:00.000Z`;
const past = (n: number) =>
  pastRun(
    buildReport(
      { run: `r${n}`, startedAt: day(n), finishedAt: day(n), policyHash: "abc" },
      { ...EMPTY_SUMMARY, calls: { a: n, b: 1 } },
    ),
  );

describe("the history of runs", () => {
  it("keeps the last 30, the earliest first", () => {
    let history = [past(5)];
    for (let n = 30; n > 0; n--) history = withRun(history, past(n));
    history = withRun(history, { ...past(1), run: "r31", startedAt: "2026-12-01T02:00:00.000Z" });
    expect(history).toHaveLength(30);
    expect([history[0]?.run, history.at(-1)?.run]).toEqual(["r2", "r31"]);
  });

  it("counts a run that is published again once", () => {
    expect(withRun([past(1), past(2)], { ...past(2), resources: 7 })).toEqual([past(1), { ...past(2), resources: 7 }]);
  });

  it("knows the run before, which is never the run itself nor a later one", () => {
    expect(runBefore([past(3), past(1), past(2)], past(2))?.run).toBe("r1");
    expect(runBefore([past(2), past(3)], past(2))).toBeUndefined();
  });

  it("adds up the calls of all APIs", () => {
    expect(past(4).calls).toBe(5);
  });

  it("keeps the names of the policies, where they are known", () => {
    const facts = { run: "r1", startedAt: day(1), finishedAt: day(1), policyHash: "abc" };
    const policies = [{ name: "owned", severity: "high" as const }];
    expect(pastRun(buildReport(facts, EMPTY_SUMMARY, { policies })).policies).toEqual(["owned"]);
    expect(past(1)).not.toHaveProperty("policies");
  });

  it.each([
    [{}],
    [[{}]],
    [[{ ...past(1), compliance: "1" }]],
    [[{ ...past(1), startedAt: "yesterday" }]],
    [[{ ...past(1), policies: "owned" }]],
    [null],
  ])("is not read from %j", (value) => {
    expect(historyFrom(value)).toBeUndefined();
  });

  it("is read from its JSON", () => {
    expect(historyFrom(JSON.parse(JSON.stringify([past(1)])))).toEqual([past(1)]);
  });
});
