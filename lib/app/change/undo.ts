import { MAY_BE_WRITTEN, tagName, type JournalEntry } from "../../core/journal.ts";
import { refOf } from "../../core/resource.ts";
import type { ChangeEnding, TagChange } from "../../core/tag-change.ts";
import type { UndoneTag, UndoOutcome } from "../../core/undo-outcome.ts";
import { changeTags, type ChangeDeps, type ChangeOptions, type PlannedCall } from "./change-tags.ts";

export interface Undone {
  /** Each tag of the run once. */
  readonly tags: readonly UndoneTag[];
  /** The write calls of the first attempt, as planned. */
  readonly plannedCalls: readonly PlannedCall[];
}

const UNCONFIRMED = {
  outcome: "unconfirmed",
  message: "the answer to the call that wrote it was lost; look for yourself",
} as const;

/**
 * Takes back what a run wrote, and only where a tag is still as the run left it, by a read that is at most 10 s old when
 * the call is sent. What the run added is taken off; what it replaced or took off is put back. Without `apply` nothing
 * is written, and the outcomes are those that there would be. What may yet succeed is tried again until the deadline.
 * Doing it twice is harmless. What undo writes is not journaled.
 */
export async function undo(
  entries: readonly JournalEntry[],
  deps: ChangeDeps,
  options: Pick<ChangeOptions, "apply" | "deadline" | "onWait">,
): Promise<Undone> {
  const all = lastOfEach(entries);
  const known = all.filter(({ unconfirmed }) => unconfirmed !== true);
  const lost = new Set<string>();
  const journal: ChangeOptions["journal"] = async (done) => {
    for (const entry of done) if (entry.unconfirmed === true) lost.add(tagName(entry, entry.key));
  };
  const { endings, plannedCalls } = await changeTags(known.map(takenBack), deps, { ...options, journal });
  const endingOf = new Map(known.map((entry, index) => [entry, endings[index]]));
  const tags = all.map((entry): UndoneTag => {
    const { key, value, before } = entry;
    const ending = endingOf.get(entry);
    const said =
      ending === undefined ? { ...UNCONFIRMED, code: undefined } : { ...ending, outcome: outcomeOf(entry, ending) };
    const { outcome, code } = said;
    const isLost = outcome === "failed" && lost.has(tagName(entry, key));
    const message = isLost ? `${said.message ?? ""}; ${MAY_BE_WRITTEN}` : said.message;
    return {
      ...refOf(entry),
      key,
      ...(value !== undefined && { value }),
      ...(before !== undefined && { before }),
      outcome,
      ...(code !== undefined && { code }),
      ...(message !== undefined && { message }),
    };
  });
  return { tags, plannedCalls };
}

/** By resource and tag key. A tag that was written twice is undone to what the second write found. */
function lastOfEach(entries: readonly JournalEntry[]): JournalEntry[] {
  const last = new Map<string, JournalEntry>();
  for (const entry of entries) {
    const name = tagName(entry, entry.key);
    const other = last.get(name);
    if (other === undefined || other.at <= entry.at) last.set(name, entry);
  }
  return [...last.values()];
}

function takenBack(entry: JournalEntry): TagChange {
  const { key, value, before } = entry;
  return { ref: refOf(entry), key, to: before, onlyFrom: { value } };
}

function outcomeOf({ value, before }: JournalEntry, ending: ChangeEnding): UndoOutcome {
  switch (ending.outcome) {
    case "done":
    case "already":
      return before === undefined ? "removed" : "restored";
    case "differs":
      return value !== undefined && ending.before === undefined ? "absent" : "changed";
    case "report-only":
    case "gone":
    case "rejected":
    case "failed":
      return ending.outcome;
  }
}
