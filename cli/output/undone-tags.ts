import { shownTag, shownWord } from "../../lib/core/shown.ts";
import { UNDO_OUTCOMES, type UndoneTag, type UndoOutcome } from "../../lib/core/undo-outcome.ts";
import { countBy, type SummaryRow, type Verb } from "./change-summary.ts";

const VERBS: Partial<Record<UndoOutcome, Verb>> = { removed: "takeOff", restored: "putBack" };

/** Why a tag is left as it is, where the outcome is all that is known. */
const REASONS: Partial<Record<UndoOutcome, string>> = {
  changed: "somebody has changed it since",
  absent: "it is not there any more",
  gone: "its resource is not there any more",
};

/** What an undo did, or would do, with each tag: the rows of its summary. */
export function undoneRows(tags: readonly UndoneTag[], applied: boolean): readonly SummaryRow[] {
  return tags.map(({ type, account, region, id, key, value, before, outcome, code, message }) => {
    const verb = VERBS[outcome];
    // What comes back is what was there before; what is taken off is what the run wrote.
    const text = outcome === "restored" ? before : (value ?? before);
    const tag = text === undefined ? shownWord(key) : shownTag(key, text);
    return {
      type,
      account,
      region,
      id,
      tag: value !== undefined && before !== undefined ? `${shownTag(key, value)} → ${shownWord(before)}` : tag,
      outcome: wordFor(outcome, applied),
      ...(verb !== undefined && { written: { verb, tag } }),
      code,
      message: message ?? REASONS[outcome],
    };
  });
}

/** How tags ended, or would end, each with how many, in the order of `UNDO_OUTCOMES`. */
export function undoneCounts(tags: readonly UndoneTag[], applied: boolean): ReadonlyMap<string, number> {
  const ordered = UNDO_OUTCOMES.flatMap((outcome) => tags.filter((tag) => tag.outcome === outcome));
  return countBy(ordered.map(({ outcome }) => wordFor(outcome, applied)));
}

function wordFor(outcome: UndoOutcome, applied: boolean): string {
  return applied || VERBS[outcome] === undefined ? outcome : `would be ${outcome}`;
}
