import type { Container, Task } from "./container.ts";
import type { Scheduler } from "./scheduler.ts";

/** Timers and floating point may be off by this much. */
const TOLERANCE_MS = 2;
const HINDSIGHT_MS = 60_000;

/** Whose calls are counted together, and how many of them a process may send in a second. */
interface Budget {
  readonly bucket: string;
  readonly share: number;
}

interface RateStage {
  readonly scheduler: Scheduler;
  readonly violate: (rule: string, text: string) => void;
}

/**
 * Told of each call: no second, wherever it begins, holds more calls of one process to one API than its share. Where
 * the clock jumped, the limiter can't know better.
 */
export function checkRate<Running extends Task>(
  { bucket, share }: Budget,
  { sentAt, jumps }: Container<Running>,
  { scheduler, violate }: RateStage,
): void {
  const now = scheduler.now();
  let times = sentAt.get(bucket);
  if (times === undefined) {
    times = [];
    sentAt.set(bucket, times);
  }
  times.push(now);
  const calls = Math.ceil(share);
  const first = times[times.length - 1 - calls];
  if (first === undefined || now - first >= (1_000 * calls) / share - TOLERANCE_MS) return;
  // Whoever slept through a jump wakes so much later or earlier.
  if (jumps.some(({ at, ms }) => now - at < HINDSIGHT_MS + Math.abs(ms))) return;
  violate("rate", `${calls + 1} calls of ${bucket} in ${Math.round(now - first)} ms, with a part of ${share} a second`);
}
