import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./invocation.ts";

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
