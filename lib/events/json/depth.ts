import { InputError } from "../../core/errors.ts";

/** Real records are at most a dozen levels deep. */
const DEEPEST = 100;

/**
 * Refuses records that are nested deeper than any cloud nests them: JSON.stringify and path expressions, which later
 * meet the record, recurse and would run out of stack.
 */
export function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > DEEPEST) throw new InputError(`The event's record is nested deeper than ${DEEPEST} levels.`);
  if (Array.isArray(value)) {
    for (const element of value) checkDepth(element, depth + 1);
    return;
  }
  for (const key in value) checkDepth((value as Record<string, unknown>)[key], depth + 1);
}
