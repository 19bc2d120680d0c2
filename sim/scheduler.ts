import type { Dice } from "./dice.ts";
import { createEventHeap } from "./event-heap.ts";

/** Virtual time: everything that takes time is an event, and the dice decide the order of simultaneous ones. */
export interface Scheduler {
  /** True time, in milliseconds since the epoch. */
  readonly now: () => number;
  at(time: number, run: () => void): void;
  after(ms: number, run: () => void): void;
  /** Runs events until there are none left, or the next one is later than `until`. Rejects with what an event throws. */
  run(until: number): Promise<"quiet" | "late">;
}

/** Turns of the event loop that something may be at work without waiting for an event: some seconds. */
const MOST_TURNS = 1_000_000;

/** `isBusy`: whether something is at work outside of virtual time, e.g. compresses; the next event comes after it. */
export function createScheduler(startAt: number, dice: Dice, isBusy: () => boolean = () => false): Scheduler {
  const heap = createEventHeap();
  let now = startAt;
  const at = (time: number, run: () => void) => heap.push({ at: Math.max(now, time), tie: dice.next(), run });

  return {
    now: () => now,
    at,
    after: (ms, run) => at(now + ms, run),
    run: (until) =>
      new Promise((resolve, reject) => {
        const step = () => {
          const event = heap.pop();
          if (event === undefined) return resolve("quiet");
          if (event.at > until) return resolve("late");
          now = event.at;
          try {
            event.run();
          } catch (error) {
            return reject(error);
          }
          // A tick that a microtask asks for comes when all microtasks are done: all that could go on has gone on.
          queueMicrotask(() => process.nextTick(goOn, 0));
        };
        const goOn = (turns: number) => {
          if (!isBusy()) step();
          else if (turns < MOST_TURNS) setImmediate(goOn, turns + 1);
          else reject(new Error("something is at work and never waits for anything"));
        };
        step();
      }),
  };
}
