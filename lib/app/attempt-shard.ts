import { failShard } from "./audit-finish.ts";
import { auditShard, type AuditShardDeps, type ShardEnd } from "./audit-shard.ts";
import type { Deadline } from "./ports.ts";
import type { ShardMessage } from "./ports/audit-queue.ts";

/** How far a message is on its way to the dead-letter queue. */
export interface Deliveries {
  /** 1 the first time. */
  readonly receiveCount: number;
  /** How often the shard is tried; the queue delivers its message some times more. */
  readonly attempts: number;
}

/**
 * Audits a shard while it has attempts left. Then it is given up, so that the report of its run doesn't wait for it and
 * names it. A last attempt that crashes can't do that any more: the deliveries that follow do it, and only that. Rethrows
 * what the shard failed with, and throws where it is given up, so that its message becomes a dead letter.
 */
export async function attemptShard(
  message: ShardMessage,
  { receiveCount, attempts }: Deliveries,
  deps: AuditShardDeps,
  deadline: Deadline,
): Promise<ShardEnd> {
  if (receiveCount > attempts) {
    const result = await deps.runs.result(message.run, message.shard.id);
    await failShard(message, `each of its ${attempts} attempts was cut off`, deps);
    if (result?.state === "done") return "already-done";
    throw new Error(`shard ${message.shard.id} of run ${message.run} was given up after ${attempts} attempts`);
  }
  try {
    return await auditShard(message, deps, deadline);
  } catch (error) {
    if (receiveCount === attempts)
      await failShard(message, error instanceof Error ? error.message : String(error), deps);
    throw error;
  }
}
