import type { Clock } from "../../lib/app/ports/invocation.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";

/** The machine's clock, on which nobody sleeps on once the signal is aborted. */
export function clockUntil(signal: AbortSignal): Clock {
  return { now: () => systemClock.now(), sleep: (ms) => systemClock.sleep(ms, signal) };
}
