import type { ResourceRef } from "./resource.ts";

/**
 * How a tag left an undo. `removed`: taken off. `restored`: the value that was replaced or taken off is back.
 * `changed`: it has another value by now, or is there again, and was left alone. `absent`: it is not there any more.
 * `gone`: its resource isn't. `unconfirmed`: nobody knows whether it was written, so it was left alone. `report-only`: a
 * brake is on, or nothing here can read what it is now. `rejected` and `failed` as in enforcement.
 */
export const UNDO_OUTCOMES = [
  "failed",
  "rejected",
  "removed",
  "restored",
  "report-only",
  "changed",
  "unconfirmed",
  "absent",
  "gone",
] as const;

export type UndoOutcome = (typeof UNDO_OUTCOMES)[number];

/** What became of one tag of a run. */
export interface UndoneTag extends ResourceRef {
  readonly key: string;
  /** What the run wrote; absent = it took the key off. */
  readonly value?: string;
  /** What the run replaced or took off; absent = it added the key. */
  readonly before?: string;
  readonly outcome: UndoOutcome;
  /** The provider's code, or ours, of what decided the outcome. */
  readonly code?: string;
  readonly message?: string;
}

/** Counts by outcome, only those that occur, in the order of `UNDO_OUTCOMES`. Their sum is the number of tags. */
export function countUndone(tags: readonly UndoneTag[]): Partial<Record<UndoOutcome, number>> {
  return Object.fromEntries(
    UNDO_OUTCOMES.flatMap((outcome) => {
      const count = tags.filter((tag) => tag.outcome === outcome).length;
      return count === 0 ? [] : [[outcome, count]];
    }),
  );
}
