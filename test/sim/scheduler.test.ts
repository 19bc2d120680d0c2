import * as fc from "../properties.ts";
import { expect, test } from "vitest";
import { createDice } from "../../sim/dice.ts";
import { createEventHeap } from "../../sim/event-heap.ts";
import { createScheduler } from "../../sim/scheduler.ts";

test("events come in the order of their time, then of their tie", () => {
  const events = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), tie: fc.integer({ min: 0, max: 3 }) }));
  fc.assert(
    fc.property(events, (wanted) => {
      const heap = createEventHeap();
      for (const { at, tie } of wanted) heap.push({ at, tie, run: () => {} });
      const popped = wanted.map(() => {
        const { at = -1, tie = -1 } = heap.pop() ?? {};
        return { at, tie };
      });
      expect(popped).toEqual(wanted.toSorted((a, b) => a.at - b.at || a.tie - b.tie));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

test("an event comes only when all that could go on has gone on", async () => {
  const scheduler = createScheduler(0, createDice(1));
  const seen: string[] = [];
  scheduler.at(1, () => {
    const walk = async () => {
      for (let link = 0; link < 50; link += 1) await Promise.resolve();
      seen.push("chain");
    };
    void walk();
  });
  scheduler.at(1.5, () => seen.push(`event at ${scheduler.now()}`));
  expect(await scheduler.run(10)).toBe("quiet");
  expect(seen).toEqual(["chain", "event at 1.5"]);
});

test("an event beyond the horizon ends the run late", async () => {
  const scheduler = createScheduler(0, createDice(1));
  scheduler.at(11, () => {});
  expect(await scheduler.run(10)).toBe("late");
});

test("what an event throws ends the run", async () => {
  const scheduler = createScheduler(0, createDice(1));
  scheduler.at(1, () => {
    throw new Error("broken");
  });
  await expect(scheduler.run(10)).rejects.toThrow("broken");
});
