import type { Severity } from "../policy/compiled.ts";
import type { Finding } from "../report/finding.ts";
import type { Report } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { shown } from "../shown.ts";
import { compareSeverity, highestSeverityOf, type Alert, type RunAlert } from "./alert.ts";
import type { AlertSettings } from "./settings.ts";

/** A finding that the run before didn't have. */
export interface NewFinding {
  readonly finding: Finding;
  readonly severity: Severity;
}

/** Those of some new findings that are severe enough to be told. */
export function severeFindings(
  findings: readonly Finding[],
  report: Report,
  least: AlertSettings["newFindings"],
): NewFinding[] {
  if (least === "none") return [];
  return findings
    .filter(({ compliance }) => compliance === "noncompliant")
    .map((finding) => ({ finding, severity: highestSeverityOf(finding.policies, report) }))
    .filter(({ severity }) => compareSeverity(severity, least) >= 0);
}

/** One alert for each new finding, so that each is opened once, and resolved when that resource is fixed. */
export function findingAlerts(findings: readonly NewFinding[], common: RunAlert): Alert[] {
  return findings.map(({ finding, severity }) => {
    const { type, account, region, id, owner } = finding;
    return {
      ...common,
      key: `finding:${resourceKey(finding).replaceAll("\0", "|")}`,
      kind: "new-finding",
      severity,
      scope: `${type} ${id}`,
      title: `${type} ${id} is noncompliant`,
      text: findingText(finding),
      ...(owner !== undefined && { owner }),
      resources: [{ type, account, region, id }],
    };
  });
}

/** What is wrong with it, and by which policies. */
export function findingText(finding: Finding): string {
  const { missing, invalid, policies } = finding;
  const wrong = [
    ...missing.map((key) => `${key} is missing${otherSpellings(key, finding)}`),
    ...invalid.map(({ key, value, reason }) => `${key}=${shown(value)} ${reason}`),
  ];
  return `${wrong.join("; ")} (policies: ${policies.join(", ")}).`;
}

function otherSpellings(missing: string, { nearMisses }: Finding): string {
  const found = nearMisses.filter(({ key }) => key === missing).map((miss) => shown(miss.found));
  return found.length === 0 ? "" : ` (there is ${found.join(", ")})`;
}
