import { InputError } from "../../lib/core/errors.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The moment that `--at` names, in milliseconds since the epoch: a day (its start, UTC) or a full time. */
export function parseAt(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const at = Date.parse(text);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(at) || (DAY.test(text) && new Date(at).toISOString().slice(0, 10) !== text)) {
    throw new InputError(`--at ${text}: not a date; write it like 2026-12-31 or 2026-12-31T08:00:00Z`);
  }
  return at;
}
