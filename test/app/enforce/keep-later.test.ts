import { describe, expect, test } from "vitest";
import { createKeepLater } from "../../../lib/app/enforce/keep-later.ts";
import type { StoreRecord } from "../../../lib/app/ports/store-records.ts";

type Kind = StoreRecord["kind"];

const journal = (run: string): StoreRecord => ({ kind: "journal", run, entries: [] });
const seen = (at: number): StoreRecord => ({ kind: "seen", isGone: false, resources: [], at });

/** Stores and a queue, of which some are down, at a time that goes on as it is told. */
function open() {
  const down = new Set<Kind | "queue">();
  const stored: StoreRecord[] = [];
  const postponed: StoreRecord[] = [];
  const asked: Kind[] = [];
  const counts = new Map<string, number>();
  const warnings: unknown[] = [];
  const time = { now: 1_000_000 };
  const later = createKeepLater({
    store: async (record) => {
      asked.push(record.kind);
      if (down.has(record.kind)) throw new Error(`no ${record.kind}`);
      stored.push(record);
    },
    postpone: async (record) => {
      if (down.has("queue")) throw new Error("no queue");
      postponed.push(record);
    },
    clock: { now: () => time.now },
    log: { warn: (message, fields) => warnings.push({ message, ...fields }) },
    count: (metric, value) => counts.set(metric, (counts.get(metric) ?? 0) + value),
  });
  return { down, stored, postponed, asked, counts, warnings, time, later };
}

describe("a record that has to be kept", () => {
  test("goes into its store, and nowhere else", async () => {
    const { later, stored, postponed, counts, warnings } = open();
    await later.keep(journal("a"));
    await later.letGo();
    expect({ stored, postponed, counts: counts.size, warnings }).toEqual({
      stored: [journal("a")],
      postponed: [],
      counts: 0,
      warnings: [],
    });
  });

  test("goes on the queue where its store is down, and that is counted and said", async () => {
    const { later, down, stored, postponed, counts, warnings } = open();
    down.add("journal");
    await later.keep(journal("a"));
    await later.keep(seen(1));
    await later.letGo();
    expect({ stored, postponed }).toEqual({ stored: [seen(1)], postponed: [journal("a")] });
    expect(counts).toEqual(new Map([["recordsPostponed", 1]]));
    expect(warnings).toMatchObject([{ kind: "journal", reason: "no journal" }]);
  });

  test("is held where the queue is down too, and nothing may be begun until one of them takes it", async () => {
    const { later, down, stored, postponed, counts, time } = open();
    for (const place of ["journal", "seen", "queue"] as const) down.add(place);
    await later.keep(journal("a"));
    await later.keep(journal("b"));
    await later.keep(seen(1));
    await expect(later.letGo()).rejects.toThrow(/what has to be kept: journal, seen$/u);
    expect(counts.get("recordsHeld")).toBe(3);
    await expect(later.letGo()).rejects.toThrow();
    down.delete("seen");
    time.now += 10_000;
    await expect(later.letGo()).rejects.toThrow(/kept: journal$/u);
    down.delete("queue");
    time.now += 10_000;
    await later.letGo();
    await later.letGo();
    expect({ stored, postponed }).toEqual({ stored: [seen(1)], postponed: [journal("a"), journal("b")] });
  });
});

describe("a store that has failed", () => {
  test("is left alone for ten seconds, for records of its kind alone", async () => {
    const { later, down, asked, stored, time } = open();
    down.add("journal");
    await later.keep(journal("a"));
    down.delete("journal");
    time.now += 9_999;
    await expect(later.bring(journal("b"))).rejects.toThrow("did not answer a moment ago");
    await later.bring(seen(1));
    expect(asked).toEqual(["journal", "seen"]);
    time.now += 1;
    await later.bring(journal("b"));
    expect(stored).toEqual([seen(1), journal("b")]);
  });

  test("is asked for each record again once it has taken one", async () => {
    const { later, down, stored, time } = open();
    down.add("journal");
    await later.keep(journal("a"));
    down.delete("journal");
    time.now += 10_000;
    await later.bring(journal("a"));
    // As a clock does that is set right.
    time.now -= 5_000;
    await later.bring(journal("b"));
    expect(stored).toHaveLength(2);
  });

  test("is left alone anew where it fails anew", async () => {
    const { later, down, asked, time } = open();
    down.add("journal");
    await expect(later.bring(journal("a"))).rejects.toThrow("no journal");
    time.now += 10_000;
    await expect(later.bring(journal("a"))).rejects.toThrow("no journal");
    time.now += 9_999;
    await expect(later.bring(journal("a"))).rejects.toThrow("a moment ago");
    expect(asked).toHaveLength(2);
  });

  test("is asked where the clock was set back since", async () => {
    const { later, down, asked, time } = open();
    down.add("journal");
    await expect(later.bring(journal("a"))).rejects.toThrow("no journal");
    time.now -= 60_000;
    await expect(later.bring(journal("a"))).rejects.toThrow("no journal");
    expect(asked).toHaveLength(2);
  });
});
