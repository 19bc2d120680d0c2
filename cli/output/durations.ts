import { countText } from "../../lib/core/report/figures.ts";

/** About how long something takes, in seconds, as people say it: `8 s`, `3 minutes`, `1.5 hours`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90 * 60) return countText(Math.ceil(seconds / 60), "minute");
  return countText(Math.ceil(seconds / 360) / 10, "hour");
}

/** How many come in a second: `0.4`, `12`. */
export function rateText(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
