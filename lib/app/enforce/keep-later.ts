import { messageOf } from "../../core/errors.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import type { StoreRecord } from "../ports/store-records.ts";

export interface KeepLaterDeps {
  /** Puts a record into its store. Rejects where the store doesn't take it. */
  readonly store: (record: StoreRecord) => Promise<void>;
  /** Puts it on a queue that brings it back. Rejects where the queue doesn't take it. */
  readonly postpone: (record: StoreRecord) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Log, "warn">;
  readonly count: (metric: string, value: number) => void;
}

/** Keeps records although their stores are down. Shared by all invocations of a process. */
export interface KeepLater {
  /** Never rejects: what neither its store nor the queue takes is held here. */
  keep(record: StoreRecord): Promise<void>;
  /** Puts a record that came back by the queue into its store. Rejects where the store doesn't take it. */
  bring(record: StoreRecord): Promise<void>;
  /** Tries again what is held here, and rejects while any of it is: then nothing may be begun or acknowledged. */
  letGo(): Promise<void>;
}

/**
 * A store that has failed, and the queue, is left alone for so long: whoever waits for it in vain has no time left for
 * the queue.
 */
const LEFT_ALONE_MS = 10_000;

/**
 * Each record goes into its store; where that fails, on the queue; and where that fails too, it stays in this process
 * until one of the two is there again.
 */
export function createKeepLater({ store, postpone, clock, log, count }: KeepLaterDeps): KeepLater {
  const failedAt = new Map<StoreRecord["kind"] | "queue", number>();
  let held: StoreRecord[] = [];

  async function bring(record: StoreRecord): Promise<void> {
    await unlessFailed(record.kind, `the store of ${record.kind}`, () => store(record));
  }

  async function unlessFailed(
    place: StoreRecord["kind"] | "queue",
    name: string,
    take: () => Promise<void>,
  ): Promise<void> {
    const age = clock.now() - (failedAt.get(place) ?? -Infinity);
    if (age >= 0 && age < LEFT_ALONE_MS) throw new Error(`${name} did not answer a moment ago`);
    try {
      await take();
      failedAt.delete(place);
    } catch (error) {
      failedAt.set(place, clock.now());
      throw error;
    }
  }

  /** False where neither the store nor the queue takes it. */
  async function place(record: StoreRecord): Promise<boolean> {
    const { kind } = record;
    try {
      await bring(record);
      return true;
    } catch (error) {
      log.warn("a store is down: what it should keep is kept on the queue", { kind, reason: messageOf(error) });
    }
    try {
      await unlessFailed("queue", "the queue", () => postpone(record));
      count("recordsPostponed", 1);
      return true;
    } catch (error) {
      log.warn("nor did the queue take it: this process holds it", { kind, reason: messageOf(error) });
      return false;
    }
  }

  return {
    bring,
    async keep(record) {
      if (!(await place(record))) held.push(record);
    },
    async letGo() {
      const records = held;
      held = [];
      for (const record of records) if (!(await place(record))) held.push(record);
      if (held.length === 0) return;
      count("recordsHeld", held.length);
      const kinds = [...new Set(held.map(({ kind }) => kind))].join(", ");
      throw new Error(`neither its store nor the queue took what has to be kept: ${kinds}`);
    },
  };
}
