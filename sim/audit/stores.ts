import { chunksOf } from "../../lib/core/chunks.ts";
import type { AuditQueue } from "../../lib/app/ports/audit-queue.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { RunStore } from "../../lib/app/ports/runs.ts";
import type { Queue } from "../queue.ts";
import type { Remote } from "../remote.ts";

/** What SQS takes in one call. */
const MESSAGES_PER_CALL = 10;

/** The bucket, over a network. */
export function remoteObjects(objects: ObjectStore, remote: Remote, chance: number): ObjectStore {
  return {
    put: async (name, body) => {
      const copy = Uint8Array.from(body);
      await remote(chance, async () => {
        await objects.put(name, copy);
        return true;
      });
    },
    async get(name) {
      const { body } = await remote(chance, async () => ({ body: await objects.get(name) }));
      return body;
    },
    list: (prefix) => remote(chance, () => objects.list(prefix)),
    async remove(names) {
      if (names.length === 0) return;
      await remote(chance, async () => {
        await objects.remove(names);
        return true;
      });
    },
  };
}

/** The run table, over a network; each operation takes effect at one moment. */
export function remoteRuns(runs: RunStore, remote: Remote, chance: number): RunStore {
  const optional = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    const { result } = await remote(chance, async () => ({ result: await act() }));
    return result;
  };
  return {
    create: (plan) => optional(() => runs.create(plan)),
    read: (run) => optional(() => runs.read(run)),
    result: (run, shard) => optional(() => runs.result(run, shard)),
    finishShard: (run, shard, result) => optional(() => runs.finishShard(run, shard, result)),
    claimReport: (run, now, leaseMs) => optional(() => runs.claimReport(run, now, leaseMs)),
    markPublished: (run) => optional(() => runs.markPublished(run)),
  };
}

export interface AuditQueues {
  readonly shards: Queue<string>;
  readonly reports: Queue<string>;
  /** What the schedule asks for, again until it succeeds. */
  readonly starts: Queue<string>;
}

/** The queues, over a network: where a call fails, those before it have gone. */
export function remoteQueue(
  { shards, reports }: Pick<AuditQueues, "shards" | "reports">,
  remote: Remote,
  chance: number,
): AuditQueue {
  const send = async (queue: Queue<string>, bodies: readonly string[]): Promise<void> => {
    for (const some of chunksOf(bodies, MESSAGES_PER_CALL)) {
      await remote(chance, () => {
        for (const body of some) queue.send(body);
        return true;
      });
    }
  };
  return {
    sendShards: (messages) =>
      send(
        shards,
        messages.map((message) => JSON.stringify(message)),
      ),
    sendReport: (run) => send(reports, [JSON.stringify({ run })]),
  };
}
