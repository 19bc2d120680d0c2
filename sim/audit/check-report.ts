import type { RunRecord } from "../../lib/app/ports/runs.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import type { Report } from "../../lib/core/report/report.ts";
import type { DoneShard } from "./done-shard.ts";
import type { AuditSimulation } from "./simulation.ts";

interface Found {
  readonly record: RunRecord;
  readonly done: readonly DoneShard[];
}

/** The report says what the evaluations say, and names what is missing. */
export function checkReport(report: Report, { record, done }: Found, { violate }: AuditSimulation): void {
  const { run } = record.plan;
  const counts = new Map<string, number>();
  let resources = 0;
  for (const { lines } of done) {
    for (const { line } of lines) {
      const { compliance } = JSON.parse(line) as Evaluation;
      counts.set(compliance, (counts.get(compliance) ?? 0) + 1);
      resources += 1;
    }
  }
  for (const [compliance, count] of Object.entries(report.evaluated)) {
    const counted = counts.get(compliance) ?? 0;
    if (counted !== count)
      violate("counts", `${run} reports ${count} ${compliance}, and its evaluations say ${counted}`);
  }
  if (report.resources !== resources) {
    violate("counts", `${run} reports ${report.resources} resources, and evaluated ${resources}`);
  }
  const named = new Set(
    [...report.gaps, ...(report.coverage.unproven ?? [])].map(({ shard, type = "" }) => `${shard} ${type}`),
  );
  const missing = [
    ...record.plan.shards.filter((shard) => record.results.get(shard)?.state !== "done").map((shard) => `${shard} `),
    ...done.flatMap(({ summary }) => summary.gaps.map(({ shard, type = "" }) => `${shard} ${type}`)),
  ];
  for (const gap of missing) if (!named.has(gap)) violate("true gaps", `${run} doesn't say that ${gap} is missing`);
  for (const gap of named) if (!missing.includes(gap)) violate("true gaps", `${run} says that ${gap} is missing`);
  const isProven = done.some(({ summary }) => summary.gaps.some(({ unproven }) => unproven !== true));
  const isLacking = isProven || record.plan.shards.some((shard) => record.results.get(shard)?.state !== "done");
  if (report.complete === isLacking) violate("true gaps", `${run} says complete: ${report.complete}`);
}
