import type { Severity } from "../policy/compiled.ts";
import type { Report } from "../report/report.ts";
import { moreSevere } from "./alert.ts";

/** The severity of a finding of this policy; medium where the report doesn't know it. */
export function severityOf({ policies = [] }: Report, name: string): Severity {
  return policies.find((policy) => policy.name === name)?.severity ?? "medium";
}

/** The highest severity of these policies; medium where the report doesn't know them. */
export function highestSeverity(names: readonly string[], report: Report): Severity {
  return names.map((name) => severityOf(report, name)).reduce(moreSevere, "low");
}
