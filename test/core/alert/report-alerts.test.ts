import { describe, expect, it } from "vitest";
import { severeFindings } from "../../../lib/core/alert/finding-alerts.ts";
import { DROP_KEY } from "../../../lib/core/alert/alert.ts";
import { reportAlerts, type ReportFacts } from "../../../lib/core/alert/report-alerts.ts";
import type { ExemptionState } from "../../../lib/core/policy/exemption.ts";
import { buildReport, type Report } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { breaking, NONCOMPLIANT, type Found } from "../report/findings.ts";
import { alertSettings } from "./alerts.ts";

const FOUND: Found = { ...NONCOMPLIANT, ...breaking("gateways") };
const FINE: Found = { ...FOUND, id: "g2", compliance: "compliant", missing: [], broken: [] };

/** 96 of 100 resources are compliant with the one policy, of high severity; nothing is wrong. */
const REPORT: Report = buildReport(
  {
    run: "r2",
    startedAt: "2026-11-22T02:00:00.000Z",
    finishedAt: "2026-11-22T02:05:00.000Z",
    policyHash: "abc",
  },
  summarise(Array.from({ length: 100 }, (_, n) => ({ ...(n < 4 ? FOUND : FINE), id: `g${n}` }))),
  { policies: [{ name: "gateways", severity: "high" }], exemptions: [] },
);

const EXEMPTION: ExemptionState = { reason: "shared network", expires: "2027-03-31", expired: false };

function keysOf(report: Partial<Report>, facts: Partial<Omit<ReportFacts, "report">> = {}): string[] {
  return alertsOf(report, facts).map(({ key }) => key);
}
function alertsOf(report: Partial<Report>, facts: Partial<Omit<ReportFacts, "report">> = {}) {
  return reportAlerts({ report: { ...REPORT, ...report }, settings: alertSettings(), newFindings: [], ...facts });
}
const compliantAt = (share: number): Partial<Report> => ({
  compliance: share,
  by: { ...REPORT.by, policy: REPORT.by.policy.map((policy) => ({ ...policy, compliance: share })) },
});

describe("the alerts of a report", () => {
  it("are none where nothing is wrong", () => {
    expect(alertsOf({})).toEqual([]);
  });

  it("tell of a policy below the threshold of its severity", () => {
    const [alert] = alertsOf(compliantAt(0.94));
    expect(alert).toMatchObject({ key: "compliance:gateways", severity: "high", run: "r2", at: REPORT.finishedAt });
    expect(alert?.title).toBe("Compliance with gateways is 94.0 %, below 95.0 %");
  });

  it("take the threshold of the first rule that names the policy", () => {
    const settings = alertSettings({ compliance: [{ policies: ["gate*"], below: 0.9 }, { below: 1 }] });
    expect(keysOf(compliantAt(0.94), { settings })).toEqual([]);
    expect(keysOf(compliantAt(0.89), { settings })).toEqual(["compliance:gateways"]);
  });

  it("hold a policy of unknown severity to be medium", () => {
    const { policies: _, ...unknown } = REPORT;
    const report = { ...unknown, ...compliantAt(0.89) };
    expect(reportAlerts({ report, settings: alertSettings(), newFindings: [] })).toMatchObject([
      { severity: "medium" },
    ]);
  });

  it("tell of a fall since the run before, and until it is fixed", () => {
    const before = { compliance: 0.99, complete: true, policyHash: "abc" };
    expect(keysOf(compliantAt(0.955), { before })).toEqual([]);
    expect(keysOf(compliantAt(0.93), { before, settings: alertSettings({ compliance: [] }) })).toEqual([DROP_KEY]);
    const still = { before: { ...before, compliance: 0.93 }, settings: alertSettings({ compliance: [] }) };
    expect(keysOf(compliantAt(0.93), still)).toEqual([]);
    expect(keysOf(compliantAt(0.93), { ...still, baseline: 0.99 })).toEqual([DROP_KEY]);
    expect(keysOf(compliantAt(0.95), { ...still, baseline: 0.99 })).toEqual([]);
  });

  it.each([
    ["nothing that is known", {}, "The policies are those of the run before."],
    ["the policies", { policyHash: "other" }, "The policies have changed since the run before, which may be why."],
    ["what is configured", { shardCount: 3 }, "Other accounts or regions are configured than for the run before"],
  ])("say what may have brought a fall about: %s", (_, other, says) => {
    const before = { compliance: 0.99, complete: true, policyHash: "abc", shardCount: 2, ...other };
    const settings = alertSettings({ compliance: [] });
    const [fall] = alertsOf({ ...compliantAt(0.5), shardCount: 2 }, { before, settings });
    expect(fall?.text).toContain(says);
  });

  it("compare no run that is not whole", () => {
    const settings = alertSettings({ compliance: [] });
    const before = { compliance: 0.99, complete: true, policyHash: "abc" };
    expect(keysOf({ ...compliantAt(0.5), complete: false }, { before, settings })).toEqual([]);
    expect(keysOf(compliantAt(0.5), { before: { ...before, complete: false }, settings })).toEqual([]);
  });

  it("name each part that was not audited, once", () => {
    const gaps = [
      { shard: "huawei.d0001.global.iam", reason: "it has not ended" },
      { shard: "huawei.d0001.global.iam", reason: "a part is damaged" },
      { shard: "aws.1.us-east-1.all", type: "aws:*:*", reason: "access denied" },
    ];
    expect(alertsOf({ complete: false, gaps })).toMatchObject([
      { key: "not-audited:huawei.d0001.global.iam", text: "it has not ended; a part is damaged" },
      { key: "not-audited:aws.1.us-east-1.all:aws:*:*" },
    ]);
  });

  it("tell of tags that could not be read, and not every night of types that nothing here can read", () => {
    const readErrors = { "aws:ec2:instance AccessDenied": 3, "aws:iam:role TagsUnreadable": 40 };
    expect(keysOf({ readErrors })).toEqual(["unread:aws:ec2:instance AccessDenied"]);
    expect(alertsOf({ readErrors: { Throttling: 1 } })).toMatchObject([
      { title: "The tags of 1 resource are unknown" },
    ]);
  });

  it("tell of an exemption that has expired", () => {
    const exemptions = [{ ...EXEMPTION, expires: "2026-11-21", expired: true }];
    expect(alertsOf({ exemptions })).toMatchObject([{ kind: "exemption", severity: "medium" }]);
  });

  it.each([
    ["2026-11-22", "An exemption expires today: shared network"],
    ["2026-11-23", "An exemption expires in 1 day: shared network"],
    ["2026-12-05", "An exemption expires in 13 days: shared network"],
  ])("tell that an exemption ends on %s", (expires, title) => {
    expect(alertsOf({ exemptions: [{ ...EXEMPTION, expires }] })).toMatchObject([{ title, severity: "low" }]);
  });

  it("say nothing of an exemption that has weeks to go", () => {
    expect(alertsOf({ exemptions: [{ ...EXEMPTION, expires: "2026-12-06" }] })).toEqual([]);
  });

  it("give an exemption that expires the key that it had before, so that it is one alert", () => {
    const [soon] = keysOf({ exemptions: [{ ...EXEMPTION, expires: "2026-11-25" }] });
    const [over] = keysOf({ exemptions: [{ ...EXEMPTION, expires: "2026-11-25", expired: true }] });
    expect(soon).toBe(over);
  });

  it("show what somebody wrote into a tag so that its oddity is seen", () => {
    const invalid = [{ key: "cost", value: "1\u00a0", reason: "must be a number" }];
    const odd: Found = { ...FOUND, state: "new", invalid, nearMisses: [{ key: "env", found: "env " }] };
    const [alert] = alertsOf({}, { newFindings: severeFindings([odd], REPORT, "high") });
    expect(alert?.text).toBe(
      String.raw`env is missing (there is "env "); cost="1\u{a0}" must be a number (policies: gateways).`,
    );
  });

  it("tell of new findings of the severity asked for, with what is wrong and whose they are", () => {
    const invalid = [{ key: "cost", value: "x", reason: "must be a number" }];
    const mine: Found = { ...FOUND, state: "new", owner: "payments", invalid };
    const unknown: Found = { ...mine, id: "g9", compliance: "unknown" };
    const newFindings = severeFindings([mine, unknown], REPORT, "high");
    expect(alertsOf({}, { newFindings })).toMatchObject([
      {
        key: "finding:alibaba:apigateway:apiGroup|111122223333|cn-hangzhou|g1",
        owner: "payments",
        text: 'env is missing; cost="x" must be a number (policies: gateways).',
        resources: [{ id: "g1" }],
      },
    ]);
    expect(severeFindings([mine], { ...REPORT, policies: [] }, "high")).toEqual([]);
    expect(severeFindings([mine], REPORT, "none")).toEqual([]);
  });
});
