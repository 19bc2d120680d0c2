import { anyGlobMatcher } from "../glob.ts";
import type { Severity } from "../policy/compiled.ts";
import { countText, numberText, percentText } from "../report/figures.ts";
import { differencesOf } from "../report/history.ts";
import type { PastRun } from "../report/history.ts";
import type { Report, ReportGroup } from "../report/report.ts";
import { TAGS_UNREADABLE } from "../unreadable.ts";
import { complianceKey, DROP_KEY, gapKey, severityOf, type Alert, type RunAlert } from "./alert.ts";
import { exemptionAlerts } from "./exemption-alerts.ts";
import type { NewFinding } from "./finding-alerts.ts";
import { findingAlerts } from "./finding-alerts.ts";
import type { AlertSettings, ComplianceRule } from "./settings.ts";

/** The run before, as far as its compliance can be compared. */
export type RunBefore = Pick<PastRun, "compliance" | "complete" | "policyHash" | "shardCount">;

export interface ReportFacts {
  readonly report: Report;
  readonly settings: AlertSettings;
  readonly before?: RunBefore;
  /** What compliance dropped from, while an alert about that is open. */
  readonly baseline?: number;
  readonly newFindings: readonly NewFinding[];
}

/** Everything that a report gives reason to raise. Pure: the same report gives the same alerts. */
export function reportAlerts(facts: ReportFacts): Alert[] {
  const { report, settings } = facts;
  const common: RunAlert = { source: "report", at: report.finishedAt, run: report.run };
  return [
    ...report.by.policy.flatMap((policy) => complianceAlert(policy, facts, common)),
    ...dropAlert(facts, common),
    ...notAudited(report, common),
    ...unread(report, common),
    ...exemptionAlerts(report, settings.exemptionDays, common),
    ...findingAlerts(facts.newFindings, common),
  ];
}

function complianceAlert(
  { name, compliance, evaluated }: ReportGroup,
  { settings, report }: ReportFacts,
  common: RunAlert,
): Alert[] {
  const severity = severityOf(report, name);
  const rule = settings.compliance.find((one) => applies(one, name, severity));
  if (rule === undefined || compliance === null || compliance >= rule.below) return [];
  const judged = evaluated.compliant + evaluated.noncompliant;
  const { noncompliant } = evaluated;
  const partly = report.complete ? "" : " Parts of the run are missing from these figures.";
  return [
    {
      ...common,
      key: complianceKey(name),
      kind: "compliance",
      severity,
      scope: `policy ${name}`,
      title: `Compliance with ${name} is ${percentText(compliance)}, below ${percentText(rule.below)}`,
      text: `${numberText(noncompliant)} of the ${countText(judged, "resource")} under it that ${judged === 1 ? "was" : "were"} judged ${noncompliant === 1 ? "is" : "are"} noncompliant.${partly}`,
      resources: [],
    },
  ];
}

function applies({ policies, severity }: ComplianceRule, name: string, actual: Severity): boolean {
  return anyGlobMatcher(policies)(name) && (severity === undefined || severity === actual);
}

/** Shares of different parts of the estate say nothing when compared, so both runs must be whole. */
function dropAlert({ report, settings, before, baseline }: ReportFacts, common: RunAlert): Alert[] {
  const { compliance, complete } = report;
  const from = baseline ?? (before?.complete === true ? before.compliance : null);
  if (!complete || compliance === null || from === null || from - compliance < settings.drop) return [];
  if (from === compliance) return [];
  return [
    {
      ...common,
      key: DROP_KEY,
      kind: "compliance-drop",
      severity: "high",
      scope: "all policies",
      title: `Compliance fell from ${percentText(from)} to ${percentText(compliance)}`,
      text: causeText(before, report),
      resources: [],
      baseline: from,
    },
  ];
}

function causeText(before: RunBefore | undefined, report: Report): string {
  const { policies, places } = differencesOf(before ?? report, report);
  if (policies) return "The policies have changed since the run before, which may be why.";
  if (places) return "Other accounts or regions are configured than for the run before, which may be why.";
  return "The policies are those of the run before.";
}

function notAudited({ gaps }: Report, common: RunAlert): Alert[] {
  const byKey = new Map<string, Alert>();
  for (const { shard, type, reason } of gaps) {
    const key = gapKey(shard, type);
    const scope = type === undefined ? shard : `${shard}, ${type}`;
    const title = `Not audited: ${scope}`;
    const known = byKey.get(key);
    const text = known === undefined ? reason : `${known.text}; ${reason}`;
    byKey.set(key, { ...common, key, kind: "not-audited", severity: "high", scope, title, text, resources: [] });
  }
  return [...byKey.values()];
}

/** What nothing here can read is no news, night after night: the report's coverage says it. */
function unread({ readErrors }: Report, common: RunAlert): Alert[] {
  const failed = Object.entries(readErrors).filter(([error]) => !error.endsWith(` ${TAGS_UNREADABLE}`));
  return failed.map(([error, count]) => ({
    ...common,
    key: `unread:${error}`,
    kind: "unread",
    severity: "medium",
    scope: error,
    title: `The tags of ${countText(count, "resource")} are unknown`,
    text: `Reading them failed: ${error}. ${count === 1 ? "It counts" : "They count"} neither as compliant nor as noncompliant.`,
    resources: [],
  }));
}
