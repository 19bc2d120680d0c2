import type { ShardMessage } from "../ports/audit-queue.ts";
import type { Deadline } from "../ports/invocation.ts";
import { auditShard, type AuditShardDeps, type ShardEnd } from "./audit-shard.ts";
import { failShard } from "./finish.ts";

/** How far a message is on its way to the dead-letter queue. */
export interface Deliveries {
  /** 1 the first time. */
  readonly receiveCount: number;
  /** How often the queue delivers its message before it becomes a dead letter. */
  readonly deliveries: number;
}

/** Deliveries that are left for giving a shard up, should its last attempt crash. */
const SPARE_DELIVERIES = 3;

/** How an attempt ended; a shard that is given up has a reason. */
export type AttemptEnd = { readonly end: ShardEnd } | GivenUp;
export type GivenUp = { readonly end: "given-up"; readonly reason: string };

/**
 * Audits a shard. What throws comes back as a copy with a receive count of its own, so that a message which was received
 * several times is one whose invocations never came to their end: they crashed. After too many of them the shard is
 * given up without another attempt. Rethrows what the shard failed with.
 */
export async function attemptShard(
  message: ShardMessage,
  { receiveCount, deliveries }: Deliveries,
  deps: AuditShardDeps,
  deadline: Deadline,
): Promise<AttemptEnd> {
  const attempts = Math.max(1, deliveries - SPARE_DELIVERIES);
  if (receiveCount > attempts) return giveUpShard(message, `the last of its ${attempts} attempts was cut off`, deps);
  return { end: await auditShard(message, deps, deadline) };
}

/**
 * Ends a shard as failed, so that the report of its run doesn't wait for it and names it. Another attempt may have ended
 * it before.
 */
export async function giveUpShard(
  message: ShardMessage,
  reason: string,
  deps: AuditShardDeps,
): Promise<GivenUp | { readonly end: "already-done" }> {
  const { run, shard } = message;
  await failShard(message, reason, deps);
  const result = await deps.runs.result(run, shard.id);
  if (result?.state !== "failed") return { end: "already-done" };
  return { end: "given-up", reason: `shard ${shard.id} of run ${run} was given up: ${result.reason}` };
}
