import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../lib/app/ports.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // An aborted sleep ends early, and that is all; the caller looks at the signal.
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** The machine's clock, on which nobody sleeps on once the signal is aborted. */
export function clockUntil(signal: AbortSignal): Clock {
  return { now: () => systemClock.now(), sleep: (ms) => systemClock.sleep(ms, signal) };
}
