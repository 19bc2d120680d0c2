import { createKeepLater, type KeepLater } from "../../lib/app/enforce/keep-later.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import type { Queue } from "../queue.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../place.ts";
import { writeKey, type EnforceContainer, type Invocation } from "./invocation.ts";
import type { Simulation } from "./simulation.ts";

/** What the stores of all processes hold in the end. */
export interface EnforceStores {
  /** `writeKey`s of tags that the journal holds. */
  readonly journal: Set<string>;
  /** Records that came by the queue, by the number in their body. */
  readonly postponed: StoreRecord[];
  /** Records that are in their store. */
  readonly stored: Set<StoreRecord>;
}

export function createStores(): EnforceStores {
  return { journal: new Set(), postponed: [], stored: new Set() };
}

/** Bodies below 0 are those of postponed records. */
export const bodyOfRecord = (index: number): number => -1 - index;
export const recordIn = ({ postponed }: EnforceStores, body: number): StoreRecord | undefined =>
  body < 0 ? postponed[-1 - body] : undefined;

export function journalKeys(record: StoreRecord): string[] {
  if (record.kind !== "journal") return [];
  return record.entries.map((entry) => writeKey(placeOf(entry), entry.key));
}

interface Reach {
  readonly stores: EnforceStores;
  readonly queue: Queue<number>;
  readonly remotes: Readonly<Record<"objects" | "table" | "queue", Remote>>;
  readonly current: () => Invocation;
}

/** What a process keeps its records with, watched: which of them are neither in a store nor on the queue. */
export function keepLaterIn(
  container: EnforceContainer,
  { stores, queue, remotes, current }: Reach,
  { scenario, trace, counts }: Simulation,
): { readonly later: KeepLater; readonly unplaced: ReadonlySet<StoreRecord> } {
  const unplaced = new Set<StoreRecord>();
  const { record: chance } = scenario.mishaps;
  const later = createKeepLater({
    async store(record) {
      await remotes[STORE_OF[record.kind]](chance, () => {
        take(record, stores);
        unplaced.delete(record);
        return true;
      });
    },
    async postpone(record) {
      await remotes.queue(chance, () => {
        stores.postponed.push(record);
        unplaced.delete(record);
        counts.postponed += 1;
        queue.send(bodyOfRecord(stores.postponed.length - 1), { delayMs: 10_000, own: { postponed: record.kind } });
        return true;
      });
    },
    clock: container.clock,
    log: { warn: (message, fields) => trace?.note(container.name, "says", message, JSON.stringify(fields)) },
    count: () => {},
  });
  return {
    unplaced,
    later: {
      ...later,
      keep(record) {
        unplaced.add(record);
        const { journal, kept } = current();
        kept.push(record);
        for (const name of journalKeys(record)) journal.add(name);
        return later.keep(record);
      },
    },
  };
}

const STORE_OF = { journal: "objects", outcomes: "objects", alert: "queue", seen: "table" } as const;

function take(record: StoreRecord, { journal, stored }: EnforceStores): void {
  stored.add(record);
  for (const name of journalKeys(record)) journal.add(name);
}
