import { runBefore } from "../../core/report/history.ts";
import type { Report } from "../../core/report/report.ts";
import type { FinishedRun, ShardFindings } from "../report/survey.ts";
import { shardSummaryFrom } from "../audit/checkpoint.ts";
import { flatLayout } from "../audit/layout.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunStore } from "../ports/runs.ts";
import { readHistory } from "../report/history.ts";
import { standingReport } from "./standing-report.ts";

/** A run whose report is at hand. */
interface RunFolder {
  readonly report: Report;
  readonly objects: ObjectStore;
  /** Where it has no record of the run, nobody knows what was audited, and nothing counts as fixed. */
  readonly runs: RunStore;
}

/** A run that stands in a folder, with its shards and the run before it. Throws InputError where the history is damaged. */
export async function finishedRun({ report, objects, runs }: RunFolder): Promise<FinishedRun> {
  const record = await runs.read(report.run);
  const before = runBefore(await readHistory(objects, flatLayout), report);
  const shards: ShardFindings[] = [];
  for (const shard of record?.plan.shards ?? []) {
    const result = record?.results.get(shard);
    const summary = result?.state === "done" ? await objects.get(result.summary) : undefined;
    // A part that its manifest names and that is gone must not look like one without findings.
    if (summary === undefined) {
      shards.push({ shard, parts: await objects.list(flatLayout.partPrefix("findings", report.run, shard)) });
      continue;
    }
    const { findings, known } = shardSummaryFrom(summary).manifest;
    shards.push({ shard, parts: findings, known: new Map(Object.entries(known)) });
  }
  return { report, shards, ...(before !== undefined && { before }) };
}

/** The run whose report stands in a folder, where it was cut short before all was told that it gives reason to. */
export async function owedRun(objects: ObjectStore, runs: RunStore): Promise<FinishedRun | undefined> {
  const report = await standingReport(objects);
  if (report === undefined || (await runs.read(report.run))?.published !== false) return undefined;
  return finishedRun({ report, objects, runs });
}
