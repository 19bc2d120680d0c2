import type { Clock } from "../../lib/app/ports/invocation.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { Io } from "../io.ts";

/** Waits for work that can't be cut short; a signal ends the waiting, and so the command. */
export async function untilStopped<Result>(work: Promise<Result>, io: Io): Promise<Result> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(new Error("interrupted"));
  if (io.signal.aborted) stop();
  io.signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    io.signal.removeEventListener("abort", stop);
  }
}

/** The machine's clock, on which nobody sleeps on once the signal is aborted. */
export function clockUntil(signal: AbortSignal): Clock {
  return {
    now: () => systemClock.now(),
    sleep: (ms, own) => systemClock.sleep(ms, own === undefined ? signal : AbortSignal.any([signal, own])),
  };
}
