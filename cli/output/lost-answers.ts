import { MAY_BE_WRITTEN, tagName, type JournalEntry } from "../../lib/core/journal.ts";
import { decisive, OUTCOMES, type ResourceOutcome, type TagOutcome } from "../../lib/core/outcome.ts";
import type { ChangeEnding, TagChange } from "../../lib/core/tag-change.ts";

/** What the last look showed of tags whose write was not answered, by `tagName`. */
export interface LostAnswers {
  /** They are there, so they were written; as the journal has them now. */
  readonly confirmed: ReadonlyMap<string, JournalEntry>;
  readonly unconfirmed: ReadonlySet<string>;
}

/** A tag as it is printed: `unconfirmed` = nobody can tell whether it was written. */
type PrintedTag = TagOutcome & { readonly unconfirmed?: true };

/** What the last look at lost answers changes: a tag that it shows was written by the run that sent it. */
export function outcomeAfter({ confirmed, unconfirmed }: LostAnswers, one: ResourceOutcome): ResourceOutcome {
  const tags = one.tags.map((tag): PrintedTag => {
    const name = tagName(one, tag.key);
    const { value } = confirmed.get(name) ?? {};
    if (value !== undefined) return { key: tag.key, outcome: "tagged", value };
    return unconfirmed.has(name) && tag.outcome === "failed" ? { ...tag, unconfirmed: true } : tag;
  });
  // What a later attempt found in order has no row any more.
  for (const { key, value, ...entry } of confirmed.values()) {
    const isOurs = tagName(entry, key) === tagName(one, key) && !tags.some((tag) => tag.key === key);
    if (isOurs && value !== undefined) tags.push({ key, outcome: "tagged", value });
  }
  const isLost = tags.some((tag) => tag.unconfirmed === true);
  if (isLost) return { ...one, tags, message: `${one.message ?? ""}; ${MAY_BE_WRITTEN}` };
  if (tags.every((tag, index) => tag === one.tags[index]) && tags.length === one.tags.length) return one;
  const ended = tags.flatMap(({ outcome }) => OUTCOMES.find((known) => known === outcome) ?? []);
  // A resource without rows failed as a whole, as where it could not be read.
  const whole = one.outcome === "failed" && one.tags.length === 0 ? one.outcome : undefined;
  const outcome = whole ?? decisive(ended) ?? one.outcome;
  const { code: _code, message: _message, ...rest } = one;
  return outcome === one.outcome ? { ...one, tags } : { ...rest, tags, outcome };
}

/** What a later attempt found done was done by the call whose answer was lost. */
export function endingAfter(
  lost: LostAnswers | undefined,
  { ref, key }: TagChange,
  ending: ChangeEnding,
): ChangeEnding & { readonly unconfirmed?: true } {
  const name = tagName(ref, key);
  const done = lost?.confirmed.get(name);
  if (done !== undefined) return { outcome: "done", ...(done.before !== undefined && { before: done.before }) };
  if (ending.outcome !== "failed" || lost?.unconfirmed.has(name) !== true) return ending;
  return { ...ending, message: `${ending.message ?? ""}; ${MAY_BE_WRITTEN}`, unconfirmed: true };
}
