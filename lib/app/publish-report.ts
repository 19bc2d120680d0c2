import { InputError } from "../core/errors.ts";
import { renderMarkdown } from "../core/report/markdown.ts";
import { buildReport } from "../core/report/report.ts";
import type { Report } from "../core/report/report.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../core/report/summary.ts";
import type { Summary } from "../core/report/summary.ts";
import { shardSummaryFrom } from "./audit-checkpoint.ts";
import type { AuditLayout } from "./audit-names.ts";
import type { Clock } from "./ports.ts";
import type { ObjectStore } from "./ports/objects.ts";
import type { RunRecord, RunStore } from "./ports/runs.ts";

const LEASE_MS = 15 * 60 * 1000;

export interface PublishReportDeps {
  readonly runs: RunStore;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  readonly clock: Clock;
  /** How long a publisher may take before another one takes over, in milliseconds. Default 15 minutes. */
  readonly leaseMs?: number;
}

/**
 * `published`: this call did it, and no other ever says so of the same run. `already-published`: nothing to do.
 * `taken`: another caller is at it; come again when its lease is over, lest it crashed.
 */
export type Publication =
  | { readonly state: "published"; readonly report: Report }
  | { readonly state: "already-published" }
  | { readonly state: "taken" };

/**
 * Merges what the shards of a run found and writes `report.json` and `report.md`. Shards that failed or never ended
 * are gaps, and the report says so.
 */
export async function publishReport(run: string, deps: PublishReportDeps): Promise<Publication> {
  const { runs, objects, layout, clock, leaseMs = LEASE_MS } = deps;
  const finishedAt = clock.now();
  const claimed = await runs.claimReport(run, finishedAt, leaseMs);
  const record = await runs.read(run);
  if (record === undefined) throw new InputError(`run ${run}: there is no such run`);
  if (!claimed) return { state: record.published ? "already-published" : "taken" };
  const report = buildReport(
    {
      run,
      startedAt: new Date(record.plan.startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      policyHash: record.plan.policyHash,
    },
    await mergedSummary(record, objects),
  );
  const encoder = new TextEncoder();
  await objects.put(layout.report(run, "report.json"), encoder.encode(`${JSON.stringify(report, undefined, 2)}\n`));
  await objects.put(layout.report(run, "report.md"), encoder.encode(renderMarkdown(report)));
  return (await runs.markPublished(run)) ? { state: "published", report } : { state: "already-published" };
}

async function mergedSummary({ plan, results }: RunRecord, objects: ObjectStore): Promise<Summary> {
  let merged = EMPTY_SUMMARY;
  for (const shard of plan.shards) {
    const result = results.get(shard);
    const body = result?.state === "done" ? await objects.get(result.summary) : undefined;
    if (body !== undefined) {
      merged = mergeSummaries(merged, shardSummaryFrom(body).summary);
      continue;
    }
    const reason =
      result === undefined ? "it has not ended" : result.state === "failed" ? result.reason : "its summary is lost";
    merged = mergeSummaries(merged, { ...EMPTY_SUMMARY, gaps: [{ shard, reason }] });
  }
  return merged;
}
