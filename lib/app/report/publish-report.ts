import { InputError } from "../../core/errors.ts";
import type { ExemptionState } from "../../core/policy/exemption.ts";
import { pastRun, runBefore, withRun } from "../../core/report/history.ts";
import type { PastRun } from "../../core/report/history.ts";
import { renderMarkdown } from "../../core/report/markdown.ts";
import type { PolicyFacts } from "../../core/report/idle-policies.ts";
import { buildReport } from "../../core/report/report.ts";
import type { Report, ReportDetails } from "../../core/report/report.ts";
import { mergeInTree } from "../../core/report/merge.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../../core/report/summary.ts";
import type { Summary } from "../../core/report/summary.ts";
import { SHARD_START, shardSummaryFrom } from "../audit/checkpoint.ts";
import type { Manifest } from "../audit/checkpoint.ts";
import { writeKnownIndex, writeRequirements } from "../audit/known-findings.ts";
import type { KnownIndex } from "../audit/known-findings.ts";
import type { AuditLayout } from "../audit/layout.ts";
import { clearQueried } from "../audit/finish.ts";
import type { Clock } from "../ports/invocation.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunPlan, RunRecord, RunStore } from "../ports/runs.ts";
import { readPast } from "./history.ts";
import { reportPage } from "./page.ts";
import { readAhead } from "./read-ahead.ts";
import { surveyFindings, type FinishedRun } from "./survey.ts";
import type { ShardFindings } from "./survey.ts";

const LEASE_MS = 15 * 60 * 1000;
/** Each is a few kilobytes. */
const SUMMARIES_AHEAD = 32;

export interface PublishReportDeps {
  readonly runs: RunStore;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  readonly clock: Clock;
  /** How long a publisher may take before another one takes over, in milliseconds. Default 15 minutes. */
  readonly leaseMs?: number;
  /** What the policies of a run exempt; absent = not known. */
  readonly exemptions?: (plan: RunPlan) => Promise<readonly ExemptionState[]>;
  /** The policies of a run, in file order; absent = not known. */
  readonly policiesOf?: (plan: RunPlan) => Promise<readonly PolicyFacts[]>;
  /** What the policies of a run ask (`PreparedPolicies.requirements`); absent = not known. */
  readonly requirements?: (plan: RunPlan) => Promise<readonly string[]>;
  /** Raises alerts; whoever carries on after a crash does it again. */
  readonly alert?: (finished: FinishedRun) => Promise<unknown>;
}

/**
 * `published`: this call did it, and no other ever says so of the same run. `already-published`: nothing to do.
 * `taken`: another caller is at it; come again when its lease is over, at most so much later, lest it crashed.
 */
export type Publication =
  | { readonly state: "published"; readonly report: Report }
  | { readonly state: "already-published" }
  | { readonly state: "taken"; readonly leaseMs: number };

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
  if (!claimed) return record.published ? { state: "already-published" } : { state: "taken", leaseMs };
  const { mode } = record.plan;
  const facts = {
    run,
    startedAt: new Date(record.plan.startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    policyHash: record.plan.policyHash,
    shardCount: record.plan.shards.length,
    ...(mode !== undefined && { mode }),
  };
  const { summary, shards } = await mergedShards(record, objects);
  const { history, known, notes } = await readPast(record.plan, deps);
  const { survey, gaps } = await surveyFindings(shards, objects, changesSince(record.plan.previous, summary, shards));
  const before = runBefore(history, facts);
  const judging = await readPolicies(record.plan, { summary, before }, deps);
  const report = buildReport(
    facts,
    mergeSummaries(summary, {
      ...EMPTY_SUMMARY,
      gaps,
      coverage: { ...EMPTY_SUMMARY.coverage, notes: [...notes, ...judging.notes] },
    }),
    { survey, ...judging.details },
  );
  const name = layout.report(run, "report.html");
  const page = reportPage(report, { name, history, parts: shards.flatMap(({ parts }) => parts) });
  const runsKnown = withRun(history, pastRun(report));
  const isLatest = runsKnown.at(-1)?.run === run;
  const put = (place: string, text: string): Promise<void> => objects.put(place, new TextEncoder().encode(text));
  for (const [file, text] of [
    ["report.html", page],
    ["report.json", `${JSON.stringify(report, undefined, 2)}\n`],
    ["report.md", renderMarkdown(report, before)],
  ] as const) {
    await put(layout.report(run, file), text);
    if (isLatest && layout.latest !== undefined) await put(layout.latest(file), text);
  }
  await writeKnownIndex(run, knownAfter(shards, known), deps);
  if (judging.requirements !== undefined) await writeRequirements(run, judging.requirements, deps);
  await put(layout.history, `${JSON.stringify(runsKnown, undefined, 2)}\n`);
  // An attempt that nobody waits for any more may have crashed, and left parts, after its shard had ended.
  const ended = shards.flatMap(({ shard, manifest }) => (manifest === undefined ? [] : ([[shard, manifest]] as const)));
  await clearQueried(run, new Map(ended), deps);
  await deps.alert?.({ report, shards, ...(before !== undefined && { before }) });
  return (await runs.markPublished(run)) ? { state: "published", report } : { state: "already-published" };
}

/** What the policies say of the run. Where they can't be read any more, the report does without and says so. */
async function readPolicies(
  plan: RunPlan,
  { summary, before }: { readonly summary: Summary; readonly before: PastRun | undefined },
  { exemptions, policiesOf, requirements }: PublishReportDeps,
): Promise<{
  readonly details: ReportDetails;
  readonly requirements?: readonly string[] | undefined;
  readonly notes: readonly string[];
}> {
  try {
    const exempt = await exemptions?.(plan);
    const policies = await policiesOf?.(plan);
    const details = {
      ...(exempt !== undefined && { exemptions: counted(exempt, summary) }),
      ...(policies !== undefined && { policies }),
      ...(before?.policies !== undefined && { policiesBefore: before.policies }),
    };
    return { details, requirements: await requirements?.(plan), notes: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { details: {}, notes: [`Exemptions: ${error.message}`] };
  }
}

/** With the resources that each of them matches. */
function counted(exemptions: readonly ExemptionState[], summary: Summary): ExemptionState[] {
  const counts = new Map(Object.entries(summary.exemptions));
  return exemptions.map((one, position) => ({ ...one, resources: counts.get(String(position)) ?? 0 }));
}

/** What a shard leaves for the report. */
interface EndedShard extends ShardFindings {
  /** Whether all that it lists was compared with an earlier run. */
  readonly compared: boolean;
  /** The parts that count; absent where it has not ended. */
  readonly manifest?: Manifest;
}

/** The merged summary of a run, and what each of its shards has found. */
async function mergedShards(
  { plan, results }: RunRecord,
  objects: ObjectStore,
): Promise<{ readonly summary: Summary; readonly shards: readonly EndedShard[] }> {
  const merger = mergeInTree(mergeSummaries);
  const names = plan.shards.values().flatMap((shard) => {
    const result = results.get(shard);
    return result?.state === "done" ? [result.summary] : [];
  });
  const summaries = readAhead(names, objects, SUMMARIES_AHEAD);
  const shards: EndedShard[] = [];
  for (const shard of plan.shards) {
    const result = results.get(shard);
    const body = result?.state === "done" ? await summaries.get(result.summary) : undefined;
    if (body !== undefined) {
      const { summary, manifest } = shardSummaryFrom(body);
      merger.add(summary);
      const isWhole = summary.gaps.every(({ unproven }) => unproven === true);
      const compared = summary.changes.compared > 0 && summary.changes.alone === 0 && isWhole;
      const known = new Map(Object.entries(manifest.known));
      shards.push({ shard, compared, parts: manifest.findings, known, manifest });
      continue;
    }
    const reason =
      result === undefined ? "it has not ended" : result.state === "failed" ? result.reason : "its summary is lost";
    merger.add({ ...EMPTY_SUMMARY, gaps: [{ shard, reason }] });
    const isGivenUp = result?.state === "failed";
    shards.push({ shard, compared: false, parts: [], ...(isGivenUp && { manifest: SHARD_START.manifest }) });
  }
  return { summary: merger.merged(), shards };
}

function changesSince(since: string | undefined, { changes }: Summary, shards: readonly EndedShard[]) {
  if (since === undefined || changes.compared === 0) return undefined;
  const { compared: _, alone: __, ...counts } = changes;
  return { since, ...counts, compared: shards.filter((shard) => shard.compared).length, shards: shards.length };
}

/** What the next run compares itself with: what this run has not seen stays as the run before has left it. */
function knownAfter(shards: readonly EndedShard[], earlier: KnownIndex | undefined): KnownIndex {
  return new Map(
    shards.map(({ shard, known = [] }) => [shard, new Map([...(earlier?.get(shard) ?? []), ...known])] as const),
  );
}
