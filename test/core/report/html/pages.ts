import { pastRun } from "../../../../lib/core/report/history.ts";
import type { PageParts } from "../../../../lib/core/report/html/page.ts";
import { buildReport, type Report } from "../../../../lib/core/report/report.ts";
import { summarise } from "../../../../lib/core/report/summarise.ts";
import { createSurveyor } from "../../../../lib/core/report/survey.ts";
import { breaking, NONCOMPLIANT, type Found } from "../findings.ts";

const FACTS = {
  run: "r2",
  startedAt: "2026-11-22T01:59:00.000Z",
  finishedAt: "2026-11-22T02:00:30.000Z",
  policyHash: "abc",
};

function surveyOf(findings: readonly Found[]) {
  const surveyor = createSurveyor();
  for (const finding of findings) surveyor.add({ ...finding, state: "new" });
  const counts = { new: findings.length, inGrace: 0, open: 0, fixed: 1, repaired: 0, gone: 0 };
  return surveyor.end({ since: "r1", ...counts, compared: 1, shards: 1 });
}

/** The report of a run that found these, a day after one that found something else. */
export function reportOf(findings: readonly Found[], changes: Partial<Report> = {}): Report {
  const exemptions = [{ reason: "legacy", expires: "2026-12-31", expired: false }];
  return { ...buildReport(FACTS, summarise(findings), { survey: surveyOf(findings), exemptions }), ...changes };
}

const REPORT = reportOf([
  NONCOMPLIANT,
  { ...NONCOMPLIANT, id: "g2", compliance: "compliant", missing: [], broken: [] },
]);
export const EARLIER = { ...pastRun(REPORT), run: "r1", startedAt: "2026-11-21T01:59:00.000Z", compliance: 0.25 };

/** A page with something in each of its parts. */
export const PAGE: PageParts = {
  report: REPORT,
  history: [EARLIER, pastRun(REPORT)],
  parts: ["findings/s.1.ndjson.gz"],
};

/** A page on which everything that others may name is called like this. */
export function calling(name: string): PageParts {
  const finding: Found = {
    ...NONCOMPLIANT,
    id: name,
    type: name,
    account: name,
    region: name,
    owner: name === "" ? "-" : name,
    missing: [name],
    invalid: [{ key: name, value: name, reason: name }],
    nearMisses: [{ key: name, found: name }],
    ...breaking(name),
  };
  const report = reportOf([finding], {
    run: name,
    policyHash: name,
    complete: false,
    gaps: [{ shard: name, type: name, reason: name }],
    calls: { [name]: 1 },
    readErrors: { [name]: 1 },
    notTaggable: { [name]: 1 },
    exemptions: [{ reason: name, approvedBy: name, tags: [name], expires: "2026-01-01", expired: true }],
  });
  const source = { inventory: 1, tagListing: 0, onlyInventory: 1, onlyTagListing: 0, events: 0, onlyEvents: 0 };
  const coverage = { ...report.coverage, byType: { [name]: source }, notes: [name] };
  return {
    report: { ...report, coverage },
    history: [{ ...EARLIER, run: `${name}1`, policyHash: name }, pastRun(report)],
    parts: [name.replaceAll("/", "_")],
  };
}
