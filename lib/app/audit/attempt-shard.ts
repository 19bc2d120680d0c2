import { messageOf } from "../../core/errors.ts";
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

/**
 * Audits a shard while it has attempts left. Then it is given up, so that the report of its run doesn't wait for it and
 * names it. A last attempt that crashes can't do that any more: the deliveries that follow do it, and only that. Rethrows
 * what the shard failed with, and throws where it is given up, so that its message becomes a dead letter.
 */
export async function attemptShard(
  message: ShardMessage,
  { receiveCount, deliveries }: Deliveries,
  deps: AuditShardDeps,
  deadline: Deadline,
): Promise<ShardEnd> {
  const attempts = Math.max(1, deliveries - SPARE_DELIVERIES);
  if (receiveCount > attempts) {
    await failShard(message, `the last of its ${attempts} attempts was cut off`, deps);
    const result = await deps.runs.result(message.run, message.shard.id);
    if (result?.state !== "failed") return "already-done";
    throw new Error(`shard ${message.shard.id} of run ${message.run} was given up: ${result.reason}`);
  }
  try {
    return await auditShard(message, deps, deadline);
  } catch (error) {
    if (receiveCount === attempts) await failShard(message, messageOf(error), deps);
    throw error;
  }
}
