import type { Severity } from "../policy/compiled.ts";
import type { Report } from "../report/report.ts";
import type { ResourceRef } from "../resource.ts";

/** Who noticed: the report of a run, enforcement, or an alarm of CloudWatch. */
export type AlertSource = "report" | "enforcement" | "alarm";

export type AlertKind =
  | "compliance"
  | "compliance-drop"
  | "new-finding"
  | "exemption"
  | "not-audited"
  | "unread"
  | "foreign"
  | "rejected"
  | "failed"
  | "access"
  | "waiting"
  | "write-cap"
  | "repair-cap"
  | "fight"
  | "alarm";

/** Something that somebody ought to know, as it is now. All of its text is plain. */
export interface Alert {
  /** The same whenever the same thing is noticed again. */
  readonly key: string;
  readonly source: AlertSource;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  /** What it means and what to do. */
  readonly text: string;
  /** Who owns what it is about, by its tags. */
  readonly owner?: string;
  /** What it is about, e.g. `policy api-gateways`. */
  readonly scope: string;
  /** When it was noticed last, RFC 3339, UTC. */
  readonly at: string;
  /** The audit run that noticed it. */
  readonly run?: string;
  /** Resources that it is about, the worst first; at most `MOST_RESOURCES` are kept. */
  readonly resources: readonly ResourceRef[];
  /** Why it stays open although the run doesn't show it: nobody has judged what it is about. A sentence. */
  readonly unjudged?: string;
  /**
   * Of an unjudged one, when the last audit that judged it ended, RFC 3339, UTC: title and text are as of then. Absent
   * where that isn't known, since an earlier version kept it.
   */
  readonly judgedAt?: string;
  /** Compliance before it dropped: the alert stands until that is nearly reached again. */
  readonly baseline?: number;
}

/** What every alert of a run has in common. */
export type RunAlert = Pick<Alert, "source" | "at" | "run">;

/** More than anybody reads, and small enough for one item of a table. */
export const MOST_RESOURCES = 100;

const RANK: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2 };

/** Above 0 where `a` is more severe than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}

export function moreSevere(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}

/** The most severe first, then by key: the order in which alerts are told. */
export function bySeverity(a: Alert, b: Alert): number {
  return compareSeverity(b.severity, a.severity) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** There is one compliance of a whole run, and one alert about its fall. */
export const DROP_KEY = "compliance-drop";

/** Compliance with one policy, of which `policyOf` is the name. */
export function complianceKey(policy: string): string {
  return `${COMPLIANCE}${policy}`;
}

const COMPLIANCE = "compliance:";

/** The policy that an alert of compliance is about. */
export function policyOf({ key }: Pick<Alert, "key">): string {
  return key.slice(COMPLIANCE.length);
}

/** A part of a run that was not audited; without a type, a whole shard. */
export function gapKey(shard: string, type: string | undefined): string {
  return `not-audited:${shard}${type === undefined ? "" : `:${type}`}`;
}

/** How severe a finding of this policy is; medium where the report doesn't know it. */
export function severityOf({ policies = [] }: Report, name: string): Severity {
  return policies.find((policy) => policy.name === name)?.severity ?? "medium";
}

/** The highest severity of these policies; medium where the report doesn't know them. */
export function highestSeverityOf(names: readonly string[], report: Report): Severity {
  return names.map((name) => severityOf(report, name)).reduce(moreSevere, "low");
}
