import type { EventQueue } from "../../app/ports/ingest.ts";
import type { AuditQueue, ShardMessage } from "../../app/ports/audit-queue.ts";

/** A queue in memory, for tests and for one process. */
export function memoryEnforceQueue(): EventQueue & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async send(more) {
      bodies.push(...more);
    },
  };
}

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
