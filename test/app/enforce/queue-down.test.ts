import { expect, test } from "vitest";
import { createKeepLater } from "../../../lib/app/enforce/keep-later.ts";
import type { StoreRecord } from "../../../lib/app/ports/store-records.ts";

const record = (kind: "outcomes" | "seen"): StoreRecord =>
  kind === "outcomes"
    ? { kind, record: { id: "i1", at: 0, resources: [] } }
    : { kind, isGone: false, resources: [], at: 0 };

/** No store takes anything; `isQueueUp` is asked whenever something is put on the queue. */
function keepWithout(isQueueUp: () => boolean) {
  const time = { now: 1_000_000 };
  const asked: StoreRecord["kind"][] = [];
  const later = createKeepLater({
    store: async () => Promise.reject(new Error("the store is gone")),
    async postpone({ kind }) {
      asked.push(kind);
      if (!isQueueUp()) throw new Error("the queue is gone");
    },
    clock: { now: () => time.now },
    log: { warn: () => undefined },
    count: () => undefined,
  });
  return { time, asked, later };
}

test("a queue that took nothing is left alone for a moment: whoever waits for it in vain has no time left", async () => {
  const { asked, later } = keepWithout(() => false);
  await later.keep(record("outcomes"));
  await later.keep(record("seen"));
  await expect(later.letGo()).rejects.toThrow(
    "neither its store nor the queue took what has to be kept: outcomes, seen",
  );
  expect(asked).toEqual(["outcomes"]);
});

test("it is tried again after that, and takes all that was held", async () => {
  let isUp = false;
  const { time, asked, later } = keepWithout(() => isUp);
  await later.keep(record("outcomes"));
  await later.keep(record("seen"));
  isUp = true;
  time.now += 10_000;
  await later.letGo();
  expect(asked).toEqual(["outcomes", "outcomes", "seen"]);
});

test("a queue that takes everything is never left alone", async () => {
  const { asked, later } = keepWithout(() => true);
  await later.keep(record("outcomes"));
  await later.keep(record("seen"));
  await later.letGo();
  expect(asked).toEqual(["outcomes", "seen"]);
});
