import { describe, expect, it } from "vitest";
import type { Alert } from "../../../lib/core/alert/alert.ts";
import { raise } from "../../../lib/core/alert/lifecycle.ts";
import type { Seen } from "../../../lib/core/alert/seen.ts";
import { asJudged, unjudgedIn, withoutJudgement } from "../../../lib/core/alert/unjudged.ts";
import { whyOver } from "../../../lib/core/alert/why-over.ts";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { buildReport, type Report } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { NONCOMPLIANT } from "../report/findings.ts";
import { ALERT, alertSettings, AT } from "./alerts.ts";

const time = "2026-11-22T02:00:00.000Z";
const GATEWAYS = { name: "gateways", severity: "high", match: { types: ["alibaba:apigatway:*"] } } as const;
const FINE: Evaluation = { ...NONCOMPLIANT, compliance: "compliant", missing: [], policies: ["gateways"] };
const EXEMPT: Evaluation = { ...FINE, id: "g2", compliance: "exempt", exempted: ["gateways"] };
const { type, account, region, id } = FINE;
const RESOURCE = { type, account, region, id };
const KEY = resourceKey(RESOURCE);
const FINDING: Alert = { ...ALERT, key: "finding:g1", kind: "new-finding", resources: [RESOURCE] };
const SEEN: Seen = {
  audited: () => true,
  outside: () => false,
  stillFound: new Map(),
  exempted: new Map(),
  unjudged: new Map(),
};

const reportOf = (evaluations: readonly Evaluation[], policies: readonly (typeof GATEWAYS)[] = [GATEWAYS]): Report =>
  buildReport({ run: "r2", startedAt: time, finishedAt: time, policyHash: "abc" }, summarise(evaluations), {
    policies,
  });
const recordOf = (alert: Alert) => raise(undefined, alert, { event: "e", at: AT }, alertSettings());

describe("an alert of compliance, where nobody has judged by its policy,", () => {
  const apart = { ...FINE, policies: [] };

  it.each([
    ["matched nothing", reportOf([apart]), "The policy gateways matched nothing: types alibaba:apigatway:*.", false],
    ["is gone", reportOf([apart], []), "The policy gateways is not in the policies any more.", true],
    [
      "matched unknown tags alone",
      reportOf([{ ...FINE, compliance: "unknown" }]),
      "The policy gateways judged nothing: the tags of what it matches are unknown.",
      false,
    ],
  ])("says that it %s", (_, report, reason, isMeant) => {
    expect(unjudgedIn(ALERT, report, SEEN)).toEqual({ reason, isMeant });
  });

  it.each([
    ["judged something", reportOf([FINE])],
    ["left all of it out because it is exempt", reportOf([EXEMPT])],
    ["may be about what was not audited", { ...reportOf([apart]), complete: false }],
  ])("says nothing where it %s", (_, report) => {
    expect(unjudgedIn(ALERT, report, SEEN)).toBeUndefined();
  });
});

describe("an alert of a finding that nobody judges any more", () => {
  const unjudged = new Map([[KEY, ["gateways"]]]);

  it.each([
    ["its policy is gone", reportOf([], []), "The policy gateways is not in the policies any more.", true],
    [
      "its policy matched nothing",
      reportOf([]),
      "The policy gateways matched nothing: types alibaba:apigatway:*.",
      false,
    ],
    [
      "its policy judged others alone",
      reportOf([FINE]),
      "No policy that matches it asks any more for what it broke.",
      true,
    ],
  ])("says that %s", (_, report, reason, isMeant) => {
    expect(unjudgedIn(FINDING, report, { ...SEEN, unjudged })).toEqual({ reason, isMeant });
  });
});

it("an alert that compliance fell says where a run has judged nothing", () => {
  const drop: Alert = { ...ALERT, kind: "compliance-drop" };
  expect(unjudgedIn(drop, reportOf([]), SEEN)?.reason).toBe("The last run has judged nothing at all.");
  expect(unjudgedIn(drop, reportOf([FINE]), SEEN)).toBeUndefined();
});

describe("what an alert that nobody judges says", () => {
  const nobody = { reason: "Nobody has.", isMeant: false };

  it("is as of the last audit that judged it, however often nobody has since", () => {
    const once = withoutJudgement(ALERT, nobody);
    const twice = withoutJudgement({ ...once, at: "2026-12-24T02:00:00.000Z" }, nobody);
    for (const alert of [once, twice]) {
      expect(asJudged(alert)).toEqual({
        title: `${ALERT.title} (as of 2026-11-22 02:00 UTC)`,
        text: `As of 2026-11-22 02:00 UTC, the last audit that judged it: ${ALERT.text}`,
      });
    }
  });

  it("names no time where an earlier version kept it without one", () => {
    const kept = withoutJudgement({ ...ALERT, unjudged: "Nobody had." }, nobody);
    expect(asJudged(kept)).toEqual({
      title: `${ALERT.title} (in the last audit that judged it)`,
      text: `In the last audit that judged it: ${ALERT.text}`,
    });
  });

  it("is as it is where it was judged", () => {
    expect(asJudged(ALERT)).toEqual({ title: ALERT.title, text: ALERT.text });
  });
});

describe("why an alert is over", () => {
  const why = (alert: Alert, report: Report, seen: Partial<Seen> = {}, before?: Report) =>
    whyOver(recordOf(alert), { report, ...(before !== undefined && { before }) }, { ...SEEN, ...seen });

  it("is not told where somebody has fixed it", () => {
    expect(why(FINDING, reportOf([FINE]))).toBeUndefined();
    expect(why(ALERT, reportOf([FINE]))).toBeUndefined();
  });

  it("is the exemption of a finding, with its last day where it is known", () => {
    expect(why(FINDING, reportOf([FINE]), { exempted: new Map([[KEY, "2027-01-31"]]) })).toBe(
      "It is not fixed: it is exempt until 2027-01-31.",
    );
    expect(why(FINDING, reportOf([FINE]), { exempted: new Map([[KEY, undefined]]) })).toBe(
      "It is not fixed: it is exempt.",
    );
  });

  it("counts those of many resources that are exempt", () => {
    const many: Alert = { ...FINDING, kind: "rejected", resources: [RESOURCE, { ...RESOURCE, id: "g2" }] };
    expect(why(many, reportOf([FINE]), { exempted: new Map([[KEY, undefined]]) })).toBe(
      "1 of its 2 resources is exempt, not fixed.",
    );
  });

  it("names what is exempt under a policy that is compliant now", () => {
    expect(why(ALERT, reportOf([FINE, EXEMPT]))).toBe(
      "It is 100.0 % now; 1 resource under it is exempt, which mends nothing, and counts neither way.",
    );
    expect(why(ALERT, reportOf([EXEMPT]))).toBe("It is not fixed: all that the policy matches, 1 resource, is exempt.");
  });

  it("names a change of the policies where compliance is back where it was", () => {
    const drop: Alert = { ...ALERT, kind: "compliance-drop" };
    const report = reportOf([FINE]);
    expect(why(drop, report, {}, report)).toBeUndefined();
    expect(why(drop, report, {}, { ...report, policyHash: "other" })).toContain("policies have changed");
  });

  it("is that nobody asks for the tags of a type any more", () => {
    const unread: Alert = { ...ALERT, kind: "unread", scope: `${type} Down` };
    const apart: Evaluation = { ...FINE, compliance: "not-applicable", policies: [] };
    expect(why(unread, reportOf([apart]))).toContain(`no policy matches ${type} any more`);
    expect(why(unread, reportOf([apart, FINE]))).toBeUndefined();
  });
});
