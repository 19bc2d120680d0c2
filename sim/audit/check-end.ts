import { partsOf, shardSummaryFrom } from "../../lib/app/audit/checkpoint.ts";
import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import { readNdjson } from "../../lib/app/audit/ndjson.ts";
import type { RunRecord } from "../../lib/app/ports/runs.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { isFinding } from "../../lib/core/report/evaluation-line.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { parseReportMessage, parseShardMessage } from "../../lib/lambda/sqs/audit-messages.ts";
import { checkAlerts, type ReportedRun } from "./check-alerts.ts";
import { checkInventory } from "./check-generic.ts";
import { checkLines } from "./check-lines.ts";
import type { SeenRun } from "./check-publishing.ts";
import { checkRepairs } from "./check-repairs.ts";
import { checkReport } from "./check-report.ts";
import type { CountedLine, DoneShard } from "./done-shard.ts";
import { WAIT_MS, type FunctionDeps } from "./functions.ts";
import type { AuditTask } from "./task.ts";

/** A shard isn't given up before. */
const SHARD_ATTEMPTS = 5;

/** When all is quiet, every run has its report, and the report is true. */
export async function checkEnd(deps: FunctionDeps, tasks: readonly AuditTask[]): Promise<void> {
  const reported: ReportedRun[] = [];
  for (const seen of deps.runChecks.runs.values()) {
    const run = await checkRun(seen, deps, tasks);
    if (run !== undefined) reported.push(run);
  }
  await checkAlerts(reported, deps);
}

async function checkRun(
  seen: SeenRun,
  deps: FunctionDeps,
  tasks: readonly AuditTask[],
): Promise<ReportedRun | undefined> {
  const { simulation, runs, objects } = deps;
  const { violate, counts } = simulation;
  const { run, acknowledged } = seen;
  const record = await runs.read(run);
  if (record === undefined) {
    if (acknowledged) violate("nothing is lost", `${run} was started, and nobody knows it`);
    return undefined;
  }
  checkResults(record, tasks, { seen, deps });
  const done: DoneShard[] = [];
  for (const [shard, result] of record.results) {
    if (result.state !== "done") continue;
    const read = await readShard({ shard, summary: result.summary, isPublished: record.published }, seen, deps);
    if (read === undefined) continue;
    done.push(read);
    checkGaps(read, deps);
    if (shard.startsWith("alibaba.") && shard.endsWith(".all.all")) checkInventory(read, seen, deps);
  }
  counts.gaps += done.reduce((sum, { summary }) => sum + summary.gaps.length, record.results.size - done.length);
  checkLines({ seen, record, done }, tasks, deps);
  await checkRepairs(seen, record.plan.at, done, tasks, deps);
  const reported = { run, published: record.published, done };
  const body = await objects.get(partitionedLayout.report(run, "report.json"));
  if (body === undefined) {
    if (record.published) violate("one report", `${run} counts as published, and there is no report`);
    return reported;
  }
  checkReport(JSON.parse(new TextDecoder().decode(body)) as Report, { record, done }, simulation);
  return reported;
}

/** Each shard ended once and for a reason, and the report was published. */
function checkResults(
  { plan, results, published }: RunRecord,
  tasks: readonly AuditTask[],
  { seen, deps }: { readonly seen: SeenRun; readonly deps: FunctionDeps },
): void {
  const { violate, scenario } = deps.simulation;
  const { clockJump } = scenario.mishaps;
  const { run } = plan;
  for (const shard of plan.shards) {
    const result = results.get(shard);
    if (result === undefined && seen.acknowledged && !isMovedByQueue(run, shard, deps))
      violate("nothing is lost", `${shard} of ${run} never ended`);
    if (result?.state !== "failed") continue;
    const wasUsedUp = tasks.some(({ body, receiveCount, firstReceivedAt, lineage }) => {
      const isOver = clockJump > 0 || firstReceivedAt - lineage.dayFrom >= WAIT_MS - LONGEST_DELAY_MS;
      if (receiveCount < SHARD_ATTEMPTS && !isOver) return false;
      const message = parseShardMessage(body);
      return message.run === run && message.shard.id === shard;
    });
    if (!wasUsedUp) violate("true gaps", `${shard} of ${run} was given up early: ${result.reason}`);
  }
  const isOver = plan.shards.every((shard) => results.has(shard));
  const isDead = deps.queues.reports.deadLetters.some(({ body }) => parseReportMessage(body) === run);
  const isStuck = isDead || plan.shards.some((shard) => isMovedByQueue(run, shard, deps));
  if (isOver && !published && !isStuck) violate("one report", `${run} is over and has no report`);
}

/** SQS delays at most so long, and so a shard that still had so much of its time may have none when it comes again. */
const LONGEST_DELAY_MS = 900_000;

/**
 * Whether SQS took no copy of it until the queue moved its message itself: it is a dead letter, and whoever
 * sends it back lets the run come to its end.
 */
function isMovedByQueue(run: string, shard: string, { queues, simulation }: FunctionDeps): boolean {
  if (!simulation.scenario.hiccups.some(({ helpers }) => helpers.includes("queue"))) return false;
  return queues.shards.deadLetters.some(({ body, reason }) => {
    const message = parseShardMessage(body);
    const isUnsent = reason === undefined || reason.includes("could not be sent again");
    return isUnsent && message.run === run && message.shard.id === shard;
  });
}

/** A type is missing from a shard only where a call for it was refused for good, or its listing made no sense. */
function checkGaps({ shard, summary }: DoneShard, { simulation, checks }: FunctionDeps): void {
  const [, account = "", region = ""] = shard.split(".");
  const { violate, scenario } = simulation;
  for (const { type, reason, unproven } of summary.gaps) {
    // Nothing was refused, and nothing was there.
    if (unproven === true) continue;
    const [code = ""] = reason.split(":");
    const isSenseless =
      code === "IncompleteListing" || (code === "RepeatedToken" && scenario.faultNames.includes("repeated-token"));
    if (isSenseless || checks.refusals.has(`${account}/${region}/${type} ${code}`)) continue;
    violate("true gaps", `${type ?? "all"} of ${shard} is missing, and nobody refused it: ${reason}`);
  }
}

interface EndedShard {
  readonly shard: string;
  /** The name of its summary. */
  readonly summary: string;
  /** Whether its run has its report. */
  readonly isPublished: boolean;
}

/** What counts of a shard: its summary and its evaluations. */
async function readShard(
  { shard, summary: name, isPublished }: EndedShard,
  seen: SeenRun,
  { objects, writtenAt, simulation: { violate } }: FunctionDeps,
): Promise<DoneShard | undefined> {
  const { run } = seen;
  const body = await objects.get(name);
  if (body === undefined) {
    violate("nothing is lost", `the summary of ${shard} of ${run} is gone`);
    return undefined;
  }
  const found = shardSummaryFrom(body);
  const lines: Record<"evaluations" | "findings", CountedLine[]> = { evaluations: [], findings: [] };
  for (const kind of ["evaluations", "findings"] as const) {
    const names = partsOf(found.manifest, kind);
    for (const part of names) {
      const file = await objects.get(part);
      if (file === undefined) violate("nothing is lost", `${part} counts, and is gone`);
      else for (const line of readNdjson(file)) lines[kind].push({ part, line });
    }
    const written = await objects.list(partitionedLayout.partPrefix(kind, run, shard));
    const left = written.filter((part) => !names.includes(part));
    // Nobody can remove what an attempt leaves that outlives the report.
    const missed = left.filter((part) => (writtenAt.get(part) ?? 0) <= seen.claimedAt);
    if (isPublished && missed.length > 0) violate("each once", `${missed[0]} doesn't count, and is left`);
  }
  const ids = (of: readonly CountedLine[]) => of.map(({ line }) => (JSON.parse(line) as Evaluation).id).join();
  const findings = lines.evaluations.filter(({ line }) => isFinding(JSON.parse(line) as Evaluation));
  if (ids(findings) !== ids(lines.findings)) violate("counts", `the findings of ${shard} of ${run} are not its own`);
  return { shard, ...found, lines: lines.evaluations };
}
