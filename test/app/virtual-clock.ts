import type { Clock } from "../../lib/app/ports/invocation.ts";
import { readIsolation } from "../../lib/app/cloud/read-tags.ts";
import { alertTexts } from "../../lib/app/enforce/enforce-kept.ts";
import { parts } from "../../lib/app/enforce/enforce-tags.ts";
import { planner } from "../../lib/app/write/plan-writes.ts";
import { batchIsolation } from "../../lib/app/write/retry-batch.ts";

// Loading takes turns of the event loop, of which a clock without real time knows nothing.
await Promise.all([planner(), batchIsolation(), readIsolation(), parts(), alertTexts()]);

/** A clock that jumps to the next sleeper whenever nothing else is left to do: hours pass in no time, in a fixed order. */
export interface VirtualClock extends Clock {
  /** Lets time pass without anybody sleeping. */
  advance(ms: number): void;
}

export function virtualClock(startAt = Date.UTC(2026, 10, 22, 12)): VirtualClock {
  let now = startAt;
  const sleepers: { at: number; order: number; wake: () => void }[] = [];
  let order = 0;

  function wakeNext(): void {
    sleepers.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = sleepers.shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
  }

  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      if (signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        order += 1;
        const sleeper = { at: now + ms, order, wake: resolve };
        sleepers.push(sleeper);
        // Runs once everything that could go on without waiting has done so.
        const turn = setImmediate(wakeNext);
        signal?.addEventListener("abort", () => {
          const index = sleepers.indexOf(sleeper);
          if (index < 0) return;
          // As many turns as there are sleepers.
          sleepers.splice(index, 1);
          clearImmediate(turn);
          resolve();
        });
      });
    },
  };
}
