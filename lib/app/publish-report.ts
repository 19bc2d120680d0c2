import { InputError } from "../core/errors.ts";
import type { ExemptionState } from "../core/policy/exemption.ts";
import { keysToBytes } from "../core/report/finding-keys.ts";
import { pastRun, withRun } from "../core/report/history.ts";
import { renderMarkdown } from "../core/report/markdown.ts";
import { buildReport } from "../core/report/report.ts";
import type { Report } from "../core/report/report.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../core/report/summary.ts";
import type { Summary } from "../core/report/summary.ts";
import { shardSummaryFrom } from "./audit-checkpoint.ts";
import type { AuditLayout } from "./audit-names.ts";
import type { Clock } from "./ports.ts";
import type { ObjectStore } from "./ports/objects.ts";
import type { RunPlan, RunRecord, RunStore } from "./ports/runs.ts";
import { readPast } from "./report-history.ts";
import { reportPage } from "./report-page.ts";
import { surveyFindings } from "./report-survey.ts";
import type { ShardFindings } from "./report-survey.ts";

const LEASE_MS = 15 * 60 * 1000;

export interface PublishReportDeps {
  readonly runs: RunStore;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  readonly clock: Clock;
  /** How long a publisher may take before another one takes over, in milliseconds. Default 15 minutes. */
  readonly leaseMs?: number;
  /** What the policies of a run exempt; absent = not known. */
  readonly exemptions?: (plan: RunPlan) => Promise<readonly ExemptionState[]>;
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
 * Merges what the shards of a run found and writes `report.html`, `report.json`, `report.md` and what later runs
 * compare themselves with. Shards that failed or never ended are gaps, and the report says so.
 */
export async function publishReport(run: string, deps: PublishReportDeps): Promise<Publication> {
  const { runs, objects, layout, clock, leaseMs = LEASE_MS } = deps;
  const finishedAt = clock.now();
  const claimed = await runs.claimReport(run, finishedAt, leaseMs);
  const record = await runs.read(run);
  if (record === undefined) throw new InputError(`run ${run}: there is no such run`);
  if (!claimed) return { state: record.published ? "already-published" : "taken" };
  const facts = {
    run,
    startedAt: new Date(record.plan.startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    policyHash: record.plan.policyHash,
  };
  const { summary, shards } = await mergedShards(record, objects);
  const { history, earlier, notes } = await readPast(facts, deps);
  const { survey, keys, gaps } = await surveyFindings(shards, objects, earlier);
  const exempt = await readExemptions(record.plan, deps);
  const report = buildReport(
    facts,
    mergeSummaries(summary, {
      ...EMPTY_SUMMARY,
      gaps,
      coverage: { ...EMPTY_SUMMARY.coverage, notes: [...notes, ...exempt.notes] },
    }),
    {
      survey,
      ...(exempt.exemptions !== undefined && { exemptions: exempt.exemptions }),
    },
  );
  const name = layout.report(run, "report.html");
  const page = reportPage(report, { name, history, parts: shards.flatMap(({ parts }) => parts) });
  const runsKnown = withRun(history, pastRun(report));
  const isLatest = runsKnown.at(-1)?.run === run;
  const put = (place: string, text: string): Promise<void> => objects.put(place, new TextEncoder().encode(text));
  for (const [file, text] of [
    ["report.html", page],
    ["report.json", `${JSON.stringify(report, undefined, 2)}\n`],
    ["report.md", renderMarkdown(report)],
  ] as const) {
    await put(layout.report(run, file), text);
    if (isLatest && layout.latest !== undefined) await put(layout.latest(file), text);
  }
  await objects.put(layout.findingKeys(run), keysToBytes(keys));
  await put(layout.history, `${JSON.stringify(runsKnown, undefined, 2)}\n`);
  return (await runs.markPublished(run)) ? { state: "published", report } : { state: "already-published" };
}

/** What the policies exempt. Where they can't be read any more, the report does without and says so. */
async function readExemptions(plan: RunPlan, { exemptions }: PublishReportDeps) {
  try {
    return { exemptions: await exemptions?.(plan), notes: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { exemptions: undefined, notes: [`Exemptions: ${error.message}`] };
  }
}

/** The merged summary of a run, and what each of its shards has found. */
async function mergedShards(
  { plan, results }: RunRecord,
  objects: ObjectStore,
): Promise<{ readonly summary: Summary; readonly shards: readonly ShardFindings[] }> {
  let merged = EMPTY_SUMMARY;
  const shards: ShardFindings[] = [];
  for (const shard of plan.shards) {
    const result = results.get(shard);
    const body = result?.state === "done" ? await objects.get(result.summary) : undefined;
    if (body !== undefined) {
      const { summary, manifest } = shardSummaryFrom(body);
      merged = mergeSummaries(merged, summary);
      shards.push({ shard, whole: summary.gaps.length === 0, parts: manifest.findings });
      continue;
    }
    const reason =
      result === undefined ? "it has not ended" : result.state === "failed" ? result.reason : "its summary is lost";
    merged = mergeSummaries(merged, { ...EMPTY_SUMMARY, gaps: [{ shard, reason }] });
    shards.push({ shard, whole: false, parts: [] });
  }
  return { summary: merged, shards };
}
