import { expect, test } from "vitest";
import { buildReport } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { compareReports } from "../../../local/run/result.ts";
import { NONCOMPLIANT } from "../../core/report/findings.ts";

const time = "2026-11-22T02:00:00.000Z";
const DEAD = { name: "dead", severity: "high", match: { types: ["aws:ec2:instances"] } } as const;
const report = buildReport(
  { run: "r1", startedAt: time, finishedAt: time, policyHash: "a" },
  summarise([NONCOMPLIANT]),
  {
    policies: [DEAD],
  },
);

test("a policy that matched nothing is among those of a local run, with the reason", () => {
  const nobody = { compliant: 0, judged: 0 };
  expect(compareReports(report, report, "policy")).toEqual([
    { name: "dead", before: nobody, after: nobody, note: "matched nothing: types aws:ec2:instances" },
    { name: "everything", before: { compliant: 0, judged: 1 }, after: { compliant: 0, judged: 1 } },
  ]);
});
