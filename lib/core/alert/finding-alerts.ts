import type { Severity } from "../policy/compiled.ts";
import type { Finding } from "../report/finding.ts";
import type { Report } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { compareSeverity, type Alert, type RunAlert } from "./alert.ts";
import { highestSeverity } from "./policy-severity.ts";
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
    .map((finding) => ({ finding, severity: highestSeverity(finding.policies, report) }))
    .filter(({ severity }) => compareSeverity(severity, least) >= 0);
}

/** One alert for each new finding, so that each is opened once and resolved when that resource is mended. */
export function findingAlerts(findings: readonly NewFinding[], common: RunAlert): Alert[] {
  return findings.map(({ finding, severity }) => {
    const { type, account, region, id, missing, invalid, policies, owner } = finding;
    const wrong = [
      ...missing.map((key) => `${key} is missing`),
      ...invalid.map(({ key, reason }) => `${key} ${reason}`),
    ];
    return {
      ...common,
      key: `finding:${resourceKey(finding).replaceAll("\0", "|")}`,
      kind: "new-finding",
      severity,
      scope: `${type} ${id}`,
      title: `${type} ${id} is noncompliant`,
      text: `${wrong.join("; ")} (policies: ${policies.join(", ")}).`,
      ...(owner !== undefined && { owner }),
      resources: [{ type, account, region, id }],
    };
  });
}
