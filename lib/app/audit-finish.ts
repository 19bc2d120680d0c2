import { shardSummaryFrom, toJson } from "./audit-checkpoint.ts";
import type { Manifest, ShardSummary } from "./audit-checkpoint.ts";
import type { AuditLayout, PartKind } from "./audit-names.ts";
import { summaryName, workPrefix } from "./audit-names.ts";
import type { AuditQueue, ShardMessage } from "./ports/audit-queue.ts";
import type { ObjectStore } from "./ports/objects.ts";
import type { RunStore, ShardResult } from "./ports/runs.ts";

export interface FinishDeps {
  readonly runs: RunStore;
  readonly queue: AuditQueue;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
}

const PART_KINDS: readonly PartKind[] = ["evaluations", "findings"];

/** Records what this attempt found. False where another attempt was first: then its parts count and ours go. */
export async function finishShard(
  message: ShardMessage,
  attempt: string,
  found: ShardSummary,
  deps: FinishDeps,
): Promise<boolean> {
  const { run, shard } = message;
  const summary = summaryName(run, shard.id, attempt);
  await deps.objects.put(summary, toJson(found));
  const { recorded, remaining } = await deps.runs.finishShard(run, shard.id, { state: "done", summary });
  if (!recorded) await deps.objects.remove([summary]);
  await tidyShard(message, deps);
  if (remaining === 0) await sendReportOnce(run, recorded, deps);
  return recorded;
}

/** Gives a shard up, e.g. when its message has reached the dead-letter queue: the report will name it as a gap. */
export async function failShard(message: ShardMessage, reason: string, deps: FinishDeps): Promise<void> {
  await endShard(message, { state: "failed", reason }, deps);
}

/**
 * Ends a shard whose result may be known already, e.g. when its message comes again: carries on where a crash may have
 * cut its ending off.
 */
export async function endShard(message: ShardMessage, result: ShardResult, deps: FinishDeps): Promise<void> {
  const { run, shard } = message;
  const { recorded, remaining } = await deps.runs.finishShard(run, shard.id, result);
  await tidyShard(message, deps);
  if (remaining === 0) await sendReportOnce(run, recorded, deps);
}

/** Whoever records the last result sends the report; a repetition sends it again only while it is not published. */
async function sendReportOnce(run: string, recorded: boolean, { runs, queue }: FinishDeps): Promise<void> {
  if (recorded || (await runs.read(run))?.published === false) await queue.sendReport(run);
}

/** Removes what the shard kept while it was under way, and parts of attempts that don't count. */
async function tidyShard({ run, shard }: ShardMessage, { runs, objects, layout }: FinishDeps): Promise<void> {
  const result = await runs.result(run, shard.id);
  if (result === undefined) return;
  const body = result.state === "done" ? await objects.get(result.summary) : undefined;
  const manifest: Manifest = body === undefined ? { evaluations: [], findings: [] } : shardSummaryFrom(body).manifest;
  for (const kind of PART_KINDS) {
    const counting = new Set(manifest[kind]);
    const written = await objects.list(layout.partPrefix(kind, run, shard.id));
    await objects.remove(written.filter((name) => !counting.has(name)));
  }
  await objects.remove(await objects.list(workPrefix(run, shard.id)));
}
