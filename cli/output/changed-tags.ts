import { shownTag, shownWord } from "../../lib/core/shown.ts";
import type { ChangeEnding, TagChange } from "../../lib/core/tag-change.ts";
import type { Io } from "../io.ts";
import { countBy, type SummaryRow, type Verb } from "./change-summary.ts";
import { endingAfter, type LostAnswers } from "./lost-answers.ts";
import { writeJson } from "./results.ts";

/**
 * What became of one tag of one resource. `unchanged`: it had the value already. `absent`: there was nothing to take
 * off. `report-only`: a brake is on, or nothing here can read what it is now. `rejected`: the provider refuses it for good, or has no such resource.
 */
const OUTCOMES = ["failed", "rejected", "added", "replaced", "removed", "report-only", "unchanged", "absent"] as const;

type Outcome = (typeof OUTCOMES)[number];

/** A row of what `tags set` and `tags unset` print. */
export interface ChangedTag {
  readonly id: string;
  readonly key: string;
  readonly outcome: Outcome;
  /** What the key had by the last read; absent = there was no such key, or nobody could look. */
  readonly before?: string;
  /** What it is to have; absent = it is to be taken off. */
  readonly value?: string;
  readonly code?: string;
  readonly message?: string;
  /** The answer was lost, and nobody can tell whether it was done. */
  readonly unconfirmed?: true;
}

/** `lost` = what the last look at lost answers showed. */
export function changedTag(change: TagChange, planned: ChangeEnding, lost?: LostAnswers): ChangedTag {
  const { unconfirmed, ...ending } = endingAfter(lost, change, planned);
  const { before, code, message } = ending;
  return {
    id: change.ref.id,
    key: change.key,
    outcome: outcomeOf(change, ending),
    ...(before !== undefined && { before }),
    ...(change.to !== undefined && { value: change.to }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(unconfirmed === true && { unconfirmed }),
  };
}

function outcomeOf({ to }: TagChange, { outcome, before }: ChangeEnding): Outcome {
  switch (outcome) {
    case "done":
      if (to === undefined) return "removed";
      return before === undefined ? "added" : "replaced";
    case "already":
      return to === undefined ? "absent" : "unchanged";
    // Whoever names an id expects it to be there. Nobody here asks that a key have a certain value before.
    case "gone":
    case "differs":
    case "rejected":
      return "rejected";
    case "report-only":
    case "failed":
      return outcome;
  }
}

/** Whether a tag was refused, or could not be reached: exit 1. */
export function isRefused({ outcome }: ChangedTag): boolean {
  return outcome === "rejected" || outcome === "failed";
}

/** `key=old → new` where a value is replaced. */
function tagText({ key, before, value }: ChangedTag): string {
  const [first, ...others] = [...new Set([before, value].filter((one) => one !== undefined))];
  return first === undefined ? shownWord(key) : [shownTag(key, first), ...others.map(shownWord)].join(" → ");
}

export interface Changes {
  /** Names the run in the journal; absent = nothing was written. */
  readonly run: string | undefined;
  readonly applied: boolean;
  readonly tags: readonly ChangedTag[];
  readonly calls: Readonly<Record<string, number>>;
}

/** Prints one object with a row for each tag. */
export async function writeChangedTags({ run, applied, tags, calls }: Changes, io: Io): Promise<void> {
  const outcomes = countOutcomes(tags);
  await writeJson(io.stdout, {
    ...(run !== undefined && { run }),
    applied,
    outcomes,
    ...resourcesOf(tags, applied),
    calls,
    tags,
  });
}

/** Counts by outcome, only those that occur. Their sum is the number of tags. */
function countOutcomes(tags: readonly ChangedTag[]): Partial<Record<Outcome, number>> {
  const byOutcome = Map.groupBy(tags, ({ outcome }) => outcome);
  return Object.fromEntries(
    OUTCOMES.flatMap((outcome) => (byOutcome.has(outcome) ? [[outcome, byOutcome.get(outcome)?.length]] : [])),
  );
}

const VERBS: Partial<Record<Outcome, Verb>> = { added: "add", replaced: "replace", removed: "takeOff" };
const FINE: ReadonlySet<Outcome> = new Set(["unchanged", "absent"]);

/** The rows of the summary that people read. `place`: where all of the resources lie. */
export function changedRows(
  tags: readonly ChangedTag[],
  place: Pick<SummaryRow, "type" | "account" | "region">,
  applied: boolean,
): readonly SummaryRow[] {
  return tags.map((one) => {
    const { id, key, value, outcome, code, message } = one;
    const verb = VERBS[outcome];
    const tag = value === undefined ? shownWord(key) : shownTag(key, value);
    return {
      ...place,
      id,
      tag: tagText(one),
      outcome: changedWord(outcome, applied),
      ...(verb !== undefined && { written: { verb, tag } }),
      ...(FINE.has(outcome) ? { isFine: true } : { code, message }),
    };
  });
}

/** How tags ended, or would end, each with how many. */
export function changedCounts(tags: readonly ChangedTag[], applied: boolean): ReadonlyMap<string, number> {
  const ordered = OUTCOMES.flatMap((outcome) => tags.filter((tag) => tag.outcome === outcome));
  return countBy(ordered.map(({ outcome }) => changedWord(outcome, applied)));
}

function changedWord(outcome: Outcome, applied: boolean): string {
  return applied || VERBS[outcome] === undefined ? outcome : `would be ${outcome}`;
}

/** The resources that carry by now what was asked for, and those that never will, each with its first reason. */
function resourcesOf(tags: readonly ChangedTag[], applied: boolean) {
  const isAsAsked = ({ outcome }: ChangedTag) =>
    outcome === "unchanged" || outcome === "absent" || (applied && outcome !== "report-only");
  const succeeded: string[] = [];
  const failed: { readonly id: string; readonly code: string; readonly message: string }[] = [];
  for (const [id, rows] of Map.groupBy(tags, (tag) => tag.id)) {
    const refused = rows.find(isRefused);
    if (refused !== undefined) failed.push({ id, code: refused.code ?? "Unexpected", message: refused.message ?? "" });
    else if (rows.every(isAsAsked)) succeeded.push(id);
  }
  return { succeeded, failed };
}
