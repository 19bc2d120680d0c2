import type { Clock, Deadline } from "../ports/invocation.ts";

/** Keeps messages to a channel under its rate; shared by all invocations of a process. */
export interface Pace {
  /** False where so many went to this channel within the last minute; true counts as one that goes. */
  take(channel: string, perMinute: number): boolean;
}

const MINUTE_MS = 60_000;
/** How often it is looked whether a channel takes a message again. */
const TURN_MS = 1_000;

/** `processes` share each rate. */
export function createPace({ now }: Pick<Clock, "now">, processes = 1): Pace {
  const sent = new Map<string, number[]>();
  return {
    take(channel, perMinute) {
      const at = now();
      const recent = (sent.get(channel) ?? []).filter((time) => at - time < MINUTE_MS);
      const isFree = recent.length < Math.max(1, Math.floor(perMinute / processes));
      sent.set(channel, isFree ? [...recent, at] : recent);
      return isFree;
    },
  };
}

/** Waits until one more message may go to a channel; false where there is no time for that. */
export async function waitForTurn(
  pace: Pace,
  { channel, perMinute }: { readonly channel: string; readonly perMinute: number },
  { clock, deadline }: { readonly clock: Clock; readonly deadline: Deadline },
): Promise<boolean> {
  while (!pace.take(channel, perMinute)) {
    if (deadline.remainingMs() < TURN_MS) return false;
    await clock.sleep(TURN_MS);
  }
  return true;
}
