import { InputError } from "../../lib/core/errors.ts";
import { momentOf } from "../../lib/core/moment.ts";

/** The moment that `--at` names, in milliseconds since the epoch: a day (its start, UTC) or a full time. */
export function parseAt(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const at = momentOf(text);
  if (Number.isNaN(at)) {
    throw new InputError(`--at ${text}: not a date; write it like 2026-12-31 or 2026-12-31T08:00:00Z`);
  }
  return at;
}
