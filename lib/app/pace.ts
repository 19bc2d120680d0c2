import type { Clock } from "./ports.ts";

/** Keeps messages to a channel under its rate; shared by all invocations of a process. */
export interface Pace {
  /** False where so many went to this channel within the last minute; true counts as one that goes. */
  take(channel: string, perMinute: number): boolean;
}

const MINUTE_MS = 60_000;

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
