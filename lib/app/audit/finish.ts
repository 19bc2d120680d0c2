import type { AuditQueue, ShardMessage } from "../ports/audit-queue.ts";
import type { EventQueue } from "../ports/ingest.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunStore, ShardFinish, ShardResult } from "../ports/runs.ts";
import { toJson } from "./checkpoint.ts";
import type { ShardSummary } from "./checkpoint.ts";
import type { AuditLayout } from "./layout.ts";
import { summaryName } from "./layout.ts";
import { sendRepairs } from "./repairs.ts";
import { tidyShard } from "./tidy-shard.ts";

export interface FinishDeps {
  readonly runs: RunStore;
  readonly queue: AuditQueue;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  /** Where findings go that are to be repaired; absent = an audit that doesn't write. */
  readonly enforceQueue?: EventQueue;
}

/**
 * Records what this attempt found, and sends what is to be repaired. `already-done` where another attempt was first:
 * then its parts count and ours go. `handed-on` where time is up before all repairs are sent.
 */
export async function finishShard(
  message: ShardMessage,
  attempt: string,
  found: ShardSummary,
  deps: FinishDeps,
  late: () => boolean,
): Promise<"done" | "already-done" | "handed-on"> {
  const { run, shard } = message;
  const summary = summaryName(run, shard.id, attempt);
  await deps.objects.put(summary, toJson(found));
  const { recorded, remaining } = await deps.runs.finishShard(run, shard.id, { state: "done", summary });
  if (!recorded) await deps.objects.remove([summary]);
  if (!(await conclude(message, { recorded, remaining }, deps, late))) return "handed-on";
  return recorded ? "done" : "already-done";
}

/** Gives a shard up, e.g. when its message has reached the dead-letter queue: the report will name it as a gap. */
export async function failShard(message: ShardMessage, reason: string, deps: FinishDeps): Promise<void> {
  await endShard(message, { state: "failed", reason }, deps, () => false);
}

/**
 * Ends a shard whose result may be known already, e.g. when its message comes again: carries on where a crash may have
 * cut its ending off. False where time is up before all repairs are sent; then the message is on the queue again.
 */
export async function endShard(
  message: ShardMessage,
  result: ShardResult,
  deps: FinishDeps,
  late: () => boolean,
): Promise<boolean> {
  const { run, shard } = message;
  return conclude(message, await deps.runs.finishShard(run, shard.id, result), deps, late);
}

/** The report doesn't wait for the repairs: a queue that refuses them must not hold it back. */
async function conclude(
  message: ShardMessage,
  { recorded, remaining }: ShardFinish,
  deps: FinishDeps,
  late: () => boolean,
): Promise<boolean> {
  const manifest = await tidyShard(message.run, message.shard.id, deps);
  if (remaining === 0) await sendReportOnce(message.run, recorded, deps);
  if (manifest === undefined || (await sendRepairs(message.run, manifest, deps, late))) return true;
  await deps.queue.sendShards([message]);
  return false;
}

/** Whoever records the last result sends the report; a repetition sends it again only while it is not published. */
async function sendReportOnce(run: string, recorded: boolean, { runs, queue }: FinishDeps): Promise<void> {
  if (recorded || (await runs.read(run))?.published === false) await queue.sendReport(run);
}
