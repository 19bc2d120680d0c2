import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { Report } from "../core/report/report.ts";

/**
 * What a report says as metrics of `publish-report`, and compliance once more by provider. The dimensions are the
 * service and the provider, and nothing that grows with an organization: a metric is paid for by each combination.
 * docs/metrics.md lists them.
 */
export function addReportMetrics(report: Report, metrics: Metrics): void {
  const { evaluated, coverage, repairs, survey, gaps } = report;
  const count = (name: string, value: number) => metrics.addMetric(name, "Count", value);
  count("reportsPublished", 1);
  count("resourcesEvaluated", report.resources);
  count("resourcesCompliant", evaluated.compliant);
  count("resourcesNoncompliant", evaluated.noncompliant);
  count("resourcesExempt", evaluated.exempt);
  count("resourcesUnknown", evaluated.unknown);
  if (report.compliance !== null) metrics.addMetric("compliance", "Percent", 100 * report.compliance);
  if (survey?.changes !== undefined) {
    const { new: fresh, open, fixed, gone, repaired, exempted = 0, unjudged = 0 } = survey.changes;
    count("findingsNew", fresh);
    count("findingsOpen", open);
    count("findingsFixed", fixed);
    count("findingsGone", gone);
    count("findingsRepaired", repaired);
    count("findingsExempted", exempted);
    count("findingsUnjudged", unjudged);
  }
  count("repairsSent", repairs.sent);
  count("repairsHeld", repairs.held);
  count("coverageInventory", coverage.inventory);
  count("coverageTagListing", coverage.tagListing);
  count("coverageEvents", coverage.events);
  count("coverageOnlyInventory", coverage.onlyInventory);
  count("coverageOnlyTagListing", coverage.onlyTagListing);
  count("coverageOnlyEvents", coverage.onlyEvents);
  count("coverageTaggedOnlyAccounts", coverage.taggedOnly.length);
  count("auditGaps", gaps.length);
  count(
    "auditCalls",
    Object.values(report.calls).reduce((sum, calls) => sum + calls, 0),
  );
  const durationMs = Date.parse(report.finishedAt) - Date.parse(report.startedAt);
  metrics.addMetric("auditDuration", "Milliseconds", durationMs);
  for (const { name, compliance, resources } of report.by.provider) {
    if (compliance === null) continue;
    const single = metrics.singleMetric();
    single.addDimension("provider", name);
    single.addMetric("compliance", "Percent", 100 * compliance);
    const counted = metrics.singleMetric();
    counted.addDimension("provider", name);
    counted.addMetric("resourcesEvaluated", "Count", resources);
  }
}
