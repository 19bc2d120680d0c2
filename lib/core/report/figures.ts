/** Rounded down, so that 100 % always means all; null where nothing was judged. */
export function percentText(ratio: number | null): string {
  return ratio === null ? "–" : `${(Math.floor(ratio * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

export function numberText(n: number): string {
  return n.toLocaleString("en-US");
}

/** A time as `2026-11-22 02:00 UTC`; whatever is no time stays as it is. */
export function timeText(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/u.test(time) ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : time;
}

/** How long something took, as people say it. */
export function durationText(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${numberText(Math.round(seconds / 6) / 10)} min`;
}
