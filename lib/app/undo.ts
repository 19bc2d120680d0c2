import type { JournalEntry } from "../core/journal.ts";
import type { Plan } from "../core/plan.ts";
import { refOf, resourceKey, type ResourceRef } from "../core/resource.ts";
import type { UndoneTag, UndoOutcome } from "../core/undo-outcome.ts";
import { applyBatches } from "./apply-batches.ts";
import { createCaller, type Caller } from "./call.ts";
import type { PlannedWrite, WriteAction } from "./ledger.ts";
import { planAction } from "./plan-action.ts";
import type { Clock, Deadline, Log, Random, WriteCap } from "./ports.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { Router } from "./route.ts";
import { surveyUndo, withinCap, type Undoable } from "./survey-undo.ts";
import { endingOf, type UndoEnding } from "./undo-ending.ts";

export interface UndoDeps {
  readonly route: Router;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly writeCap: WriteCap;
  /** `report`: nothing is written. */
  readonly mode: "enforce" | "report";
}

export interface Undone {
  /** Each tag of the run once. */
  readonly tags: readonly UndoneTag[];
  /** The write calls of the first attempt, as planned. */
  readonly plannedCalls: number;
}

const FIRST_WAIT_MS = 1_000;
const DONE: Readonly<Record<WriteAction, UndoOutcome>> = { untag: "removed", tag: "restored" };

/**
 * Takes back what a run wrote, and only where the value is still the one that it wrote, by a read that is at most 10 s
 * old when the call is sent. What the run added is taken off; a blank or invalid value that it replaced is put back.
 * Without `apply` nothing is written, and the outcomes are those that there would be. What may yet succeed is tried
 * again until the deadline. Doing it twice is harmless.
 */
export async function undo(
  entries: readonly JournalEntry[],
  deps: UndoDeps,
  { apply, deadline }: { readonly apply: boolean; readonly deadline: Deadline },
): Promise<Undone> {
  const caller = createCaller({ ...deps, deadline });
  const all = lastOfEach(entries);
  const endings = new Map<string, UndoEnding>();
  const granted = new Set<string>();
  let plannedCalls: number | undefined;
  let open = [...all.values()];
  for (let attempt = 0; ; attempt += 1) {
    const calls = await attemptUndo(open, endings, { ...deps, caller, apply, granted });
    plannedCalls ??= calls;
    open = open.filter((entry) => endings.get(entryKey(entry, entry.key))?.again === true);
    const wait = FIRST_WAIT_MS * 2 ** attempt;
    if (open.length === 0 || wait >= deadline.remainingMs()) break;
    await deps.clock.sleep(wait);
  }
  const tags = [...all].map(([name, entry]): UndoneTag => {
    const { outcome, code, message } = endings.get(name) ?? { outcome: "failed", code: "Unexpected" };
    const said = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
    return { ...refOf(entry), key: entry.key, value: entry.value, outcome, ...said };
  });
  return { tags, plannedCalls };
}

function entryKey(ref: ResourceRef, key: string): string {
  return JSON.stringify([resourceKey(ref), key]);
}

/** By resource and tag key. A tag that was written twice is undone to what the second write found. */
function lastOfEach(entries: readonly JournalEntry[]): Map<string, JournalEntry> {
  const last = new Map<string, JournalEntry>();
  for (const entry of entries) {
    const name = entryKey(entry, entry.key);
    const other = last.get(name);
    if (other === undefined || other.at <= entry.at) last.set(name, entry);
  }
  return last;
}

interface Attempt extends UndoDeps {
  readonly caller: Caller;
  readonly apply: boolean;
  /** The resources that the write cap has let through. */
  readonly granted: Set<string>;
}

/** Notes an ending for each entry, and answers how many write calls were planned. */
async function attemptUndo(
  entries: readonly JournalEntry[],
  endings: Map<string, UndoEnding>,
  attempt: Attempt,
): Promise<number> {
  const survey = await surveyUndo(entries, attempt);
  const { undoable, ended } = attempt.apply ? await withinCap(survey.undoable, attempt.granted, attempt) : survey;
  for (const { entry, ending } of [...survey.ended, ...ended]) endings.set(entryKey(entry, entry.key), ending);
  let calls = 0;
  for (const action of ["untag", "tag"] as const) {
    const writes = writesOf(
      action,
      undoable.filter((one) => one.action === action),
    );
    const { batches, unresolved } = await planFor(action, writes);
    calls += batches.length;
    const applied = attempt.apply ? await applyBatches(batches, writes, attempt) : undefined;
    for (const { ref, tags } of writes) {
      const pairs = applied?.get(resourceKey(ref))?.pairs;
      for (const key of tags.keys()) {
        const done: UndoEnding = { outcome: DONE[action] };
        endings.set(entryKey(ref, key), attempt.apply ? endingOf(key, pairs?.get(key)?.result, DONE[action]) : done);
      }
    }
    for (const tag of unresolved) {
      const { code, reason, key } = tag;
      endings.set(entryKey(tag, key), endingOf(key, { kind: "no-room", code, reason }, DONE[action]));
    }
  }
  return calls;
}

function planFor(action: WriteAction, writes: readonly PlannedWrite[]): Promise<Plan> {
  const contracts = new Map(writes.map(({ ref, route }) => [ref.type, route.contract]));
  const resources = writes.map(({ ref, reading, tags }) => ({
    resource: ref,
    current: reading.tags,
    tags: Array.from(tags, ([key, value]) => ({ key, value })),
  }));
  return planAction(action, resources, (type) => contracts.get(type));
}

/** One for each resource: the tags that are put back, or, with `untag`, that are taken off as they are. */
function writesOf(action: WriteAction, undoable: readonly Undoable[]): PlannedWrite[] {
  const byResource = Map.groupBy(undoable, ({ entry }) => resourceKey(entry));
  return [...byResource.values()].flatMap((group): PlannedWrite[] => {
    const [first] = group;
    if (first === undefined) return [];
    const ours = new Map(group.map(({ entry }) => [entry.key, entry.value]));
    const tags = new Map(group.map(({ entry }) => [entry.key, entry.before ?? entry.value]));
    const wantedWith: PlannedWrite["wantedWith"] = (now) =>
      new Map([...tags].filter(([key]) => now.get(key) === ours.get(key)));
    return [{ ref: first.entry, route: first.route, reading: first.reading, tags, action, wantedWith }];
  });
}
