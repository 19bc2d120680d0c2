import type { AuditQueue, ShardMessage } from "../../app/ports/audit-queue.ts";

/** The audit's queues in this process; whoever drives the run takes from them. */
export interface MemoryAuditQueue extends AuditQueue {
  readonly shards: ShardMessage[];
  readonly reports: string[];
}

export function memoryAuditQueue(): MemoryAuditQueue {
  const shards: ShardMessage[] = [];
  const reports: string[] = [];
  return {
    shards,
    reports,
    async sendShards(messages) {
      shards.push(...messages);
    },
    async sendReport(run) {
      reports.push(run);
    },
  };
}
