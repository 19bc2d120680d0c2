import { describe, expect, it } from "vitest";
import type { Alert } from "../../../lib/core/alert/alert.ts";
import { raise, type AlertRecord } from "../../../lib/core/alert/lifecycle.ts";
import { overByQuiet, overByReport } from "../../../lib/core/alert/over.ts";
import type { Seen } from "../../../lib/core/alert/seen.ts";
import { buildReport, type Report } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { NONCOMPLIANT } from "../report/findings.ts";
import { ALERT, alertSettings, AT, HOUR } from "./alerts.ts";

const time = "2026-11-22T02:00:00.000Z";
const WHOLE = buildReport(
  { run: "r2", startedAt: time, finishedAt: time, policyHash: "abc" },
  summarise([{ ...NONCOMPLIANT, policies: ["gateways"] }]),
);
const UNASKED = buildReport(
  { run: "r2", startedAt: time, finishedAt: time, policyHash: "abc" },
  summarise([{ ...NONCOMPLIANT, compliance: "not-applicable", missing: [], policies: [] }]),
  { policies: [{ name: "gateways", severity: "high" }] },
);
const GAP = { shard: "alibaba.1.cn-hangzhou.apigateway", reason: "down" };
const PARTIAL: Report = { ...WHOLE, complete: false, gaps: [GAP] };
const RESOURCE = { type: "alibaba:apigateway:apiGroup", account: "1", region: "cn-hangzhou", id: "g1" };
const FIXED: Seen = {
  audited: () => true,
  outside: () => false,
  stillFound: new Map(),
  exempted: new Map(),
  unjudged: new Map(),
};
const UNSEEN: Seen = { ...FIXED, audited: () => false };
const OUTSIDE: Seen = { ...UNSEEN, outside: () => true };
const FOUND: Seen = { ...FIXED, stillFound: new Map([[resourceKey(RESOURCE), NONCOMPLIANT]]) };

const open = (alert: Partial<Alert>): AlertRecord =>
  raise(undefined, { ...ALERT, ...alert }, { event: "e", at: AT }, alertSettings());

describe("an alert that a run doesn't raise again", () => {
  it.each(["compliance", "compliance-drop", "unread"] as const)("(%s) is over after a complete run alone", (kind) => {
    expect(overByReport(open({ kind }), WHOLE, FIXED)).toBe(true);
    expect(overByReport(open({ kind }), PARTIAL, FIXED)).toBe(false);
  });

  it.each(["compliance", "compliance-drop"] as const)("(%s) is not over where nobody has judged anything", (kind) => {
    expect(overByReport(open({ kind }), UNASKED, FIXED)).toBe(false);
  });

  it.each(["new-finding", "rejected", "failed", "access"] as const)(
    "(%s) is not over where nobody judges its resource any more, and is where that is exempt",
    (kind) => {
      const record = open({ kind, resources: [RESOURCE] });
      const key = resourceKey(RESOURCE);
      expect(overByReport(record, WHOLE, { ...FIXED, unjudged: new Map([[key, ["gateways"]]]) })).toBe(false);
      expect(overByReport(record, WHOLE, { ...FIXED, exempted: new Map([[key, "2027-01-31"]]) })).toBe(true);
    },
  );

  it.each(["new-finding", "rejected", "failed", "access"] as const)(
    "(%s) is over where its resources were audited and are no findings",
    (kind) => {
      const record = open({ kind, resources: [RESOURCE] });
      expect(overByReport(record, PARTIAL, FIXED)).toBe(true);
      expect(overByReport(record, WHOLE, UNSEEN)).toBe(false);
      expect(overByReport(record, WHOLE, FOUND)).toBe(false);
    },
  );

  it("(new-finding) is over where audits don't look there any more, and no trouble of enforcement is", () => {
    const resources = [RESOURCE];
    expect(overByReport(open({ kind: "new-finding", resources }), WHOLE, OUTSIDE)).toBe(true);
    for (const kind of ["rejected", "failed", "access"] as const) {
      expect(overByReport(open({ kind, resources }), WHOLE, OUTSIDE)).toBe(false);
    }
  });

  it("(not-audited) is over when that part was audited, whatever else is missing", () => {
    const record = open({ kind: "not-audited", key: "not-audited:huawei.d1.global.iam" });
    expect(overByReport(record, PARTIAL, FIXED)).toBe(true);
    const same = open({ kind: "not-audited", key: `not-audited:${GAP.shard}` });
    expect(overByReport(same, PARTIAL, FIXED)).toBe(false);
  });

  it("(exemption) is over where the policies were at hand", () => {
    expect(overByReport(open({ kind: "exemption" }), { ...WHOLE, exemptions: [] }, FIXED)).toBe(true);
    expect(overByReport(open({ kind: "exemption" }), WHOLE, FIXED)).toBe(false);
  });

  it.each(["write-cap", "repair-cap", "alarm"] as const)("(%s) is none of a report's business", (kind) => {
    expect(overByReport(open({ kind }), WHOLE, FIXED)).toBe(false);
  });
});

describe("silence", () => {
  const rejected = open({ kind: "rejected", source: "enforcement", resources: [RESOURCE] });

  it("ends an alert of enforcement when its hours are over", () => {
    expect(overByQuiet(rejected, AT + 23 * HOUR, 24, UNSEEN)).toBe(false);
    expect(overByQuiet(rejected, AT + 24 * HOUR, 24, UNSEEN)).toBe(true);
  });

  it("ends nothing while an audit still finds one of its resources", () => {
    expect(overByQuiet(rejected, AT + 99 * HOUR, 24, FOUND)).toBe(false);
  });

  it("ends no alert of a report", () => {
    expect(overByQuiet(open({}), AT + 99 * HOUR, 24, FIXED)).toBe(false);
  });
});
