import type { JournalEntry } from "../../core/journal.ts";
import type { Mode } from "../../core/mode.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { resourceKey } from "../../core/resource.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import { beforeOf, endedBy, type ChangeEnding, type TagChange } from "../../core/tag-change.ts";
import { createCaller, RESERVE_MS, type Caller } from "../cloud/call.ts";
import type { RateLimiter } from "../cloud/rate/limiter.ts";
import type { Router } from "../cloud/route.ts";
import type { Clock, Deadline, Log, Random } from "../ports/invocation.ts";
import type { TagRounds } from "../ports/tag-rounds.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import { applyBatches } from "../write/apply-batches.ts";
import { writeJournal, type WriteJournal } from "../write/journal.ts";
import type { PlannedWrite, WriteAction } from "../write/pairs.ts";
import { planWrites } from "../write/plan-writes.ts";
import { endingOf } from "./ending.ts";
import { ASYNC_TAGGING } from "../write/error-outcome.ts";
import { surveyChanges, withinCap, type Changeable, type Survey } from "./survey.ts";

export interface ChangeDeps {
  readonly route: Router;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly writeCap: WriteCap;
  /** Told of what is about to be changed, so that nothing puts it back; absent = nobody is. */
  readonly noteOurs?: TagRounds["noteOurs"];
  /** `report`: nothing is written. */
  readonly mode: Mode;
  /** No call starts with less time left than this, in milliseconds; absent = the caller's own. */
  readonly reserveMs?: number;
}

export interface ChangeOptions {
  /** False: nothing is written, and the endings are those that there would be. */
  readonly apply: boolean;
  readonly deadline: Deadline;
  /** Keeps what was written, while it is being written; if it can't in the end, this is an error. Absent = nobody does. */
  readonly journal?: (entries: readonly JournalEntry[]) => Promise<void>;
  /** Told why some changes are tried again, and in how many milliseconds, before each wait. */
  readonly onWait?: (waiting: readonly ChangeEnding[], ms: number) => void;
}

export interface Changed {
  /** One for each change, in their order. */
  readonly endings: readonly ChangeEnding[];
  /** The write calls of the first attempt, as planned. */
  readonly plannedCalls: readonly PlannedCall[];
}

/** One write call, by what its rate depends on. */
export interface PlannedCall extends Pick<TagBatch, "type" | "account" | "region"> {
  readonly action: WriteAction;
}

const FIRST_WAIT_MS = 1_000;

/**
 * Changes tags as somebody has asked for, based on a read that is at most 10 s old when the call is sent, and under the
 * same brakes, write cap and rates as enforcement. No key of a resource may be named twice. What may yet
 * succeed is tried again until the deadline. Doing it twice is harmless.
 */
export async function changeTags(
  changes: readonly TagChange[],
  deps: ChangeDeps,
  { apply, deadline, journal, onWait }: ChangeOptions,
): Promise<Changed> {
  const { clock, log, reserveMs = RESERVE_MS } = deps;
  const journaling = writeJournal({ clock, log, resources: new Map(), keep: journal });
  const endings = new Map<TagChange, ChangeEnding>();
  const granted = new Set<string>();
  let plannedCalls: readonly PlannedCall[] | undefined;
  let open = changes;
  for (let attempt = 0; ; attempt += 1) {
    // A caller for each attempt, since one never asks again where it was denied access.
    const caller = createCaller({ ...deps, deadline });
    const calls = await attemptChanges(open, endings, { ...deps, caller, apply, granted, journaling });
    plannedCalls ??= calls;
    open = open.filter((change) => endings.get(change)?.again === true);
    const wait = FIRST_WAIT_MS * 2 ** attempt;
    // An attempt without time for a call would say nothing but that.
    if (open.length === 0 || wait + reserveMs >= deadline.remainingMs()) break;
    onWait?.(
      open.flatMap((change) => endings.get(change) ?? []),
      wait,
    );
    await clock.sleep(wait);
  }
  const unexpected: ChangeEnding = { outcome: "failed", code: "Unexpected" };
  return { endings: changes.map((change) => endings.get(change) ?? unexpected), plannedCalls };
}

interface Attempt extends ChangeDeps {
  readonly caller: Caller;
  readonly apply: boolean;
  /** The resources that the write cap has let through. */
  readonly granted: Set<string>;
  readonly journaling: WriteJournal;
}

/** Notes an ending for each change, and answers which write calls were planned. */
async function attemptChanges(
  changes: readonly TagChange[],
  endings: Map<TagChange, ChangeEnding>,
  attempt: Attempt,
): Promise<readonly PlannedCall[]> {
  const survey = withoutSent(await surveyChanges(changes, attempt), endings);
  const { changeable, ended } = attempt.apply ? await withinCap(survey.changeable, attempt.granted, attempt) : survey;
  for (const { change, ending } of [...survey.ended, ...ended]) endings.set(change, ending);
  const calls: PlannedCall[] = [];
  if (attempt.apply && changeable.length > 0) {
    // Before the calls: their events may be here before the answers.
    const noted = changeable.map(({ change: { ref, key } }) => ({ ref, key }));
    await attempt.noteOurs?.(noted, attempt.clock.now());
  }
  for (const action of ["untag", "tag"] as const) {
    const planned = writesOf(changeable.filter((one) => one.action === action));
    const writes = planned.map(({ write }) => write);
    const { batches, unresolved } = await planWrites(action, writes);
    calls.push(...batches.map(({ type, account, region }) => ({ action, type, account, region })));
    const applied = attempt.apply ? await apply(batches, writes, attempt) : undefined;
    const refused = new Map(unresolved.map((tag) => [JSON.stringify([resourceKey(tag), tag.key]), tag]));
    for (const { write, group } of planned) {
      const key = resourceKey(write.ref);
      for (const { change, reading } of group) {
        const before = beforeOf(change, reading.tags);
        const tag = refused.get(JSON.stringify([key, change.key]));
        if (tag !== undefined) {
          const message = `${tag.key} ${tag.reason}`;
          endings.set(change, { outcome: "rejected", ...before, code: tag.code, message });
        } else {
          const pair = applied?.get(key)?.pairs.get(change.key);
          endings.set(change, attempt.apply ? endingOf(change, pair) : { outcome: "done", ...before });
        }
      }
    }
  }
  return calls;
}

/**
 * The same survey, without a second write of what a service has accepted and does later: what is there by now is done, and
 * for the rest somebody has to look again.
 */
function withoutSent({ changeable, ended }: Survey, endings: ReadonlyMap<TagChange, ChangeEnding>): Survey {
  const sent = (change: TagChange): ChangeEnding | undefined => {
    const ending = endings.get(change);
    return ending?.code === ASYNC_TAGGING ? ending : undefined;
  };
  const waiting = changeable.flatMap(({ change }) => {
    const ending = sent(change);
    return ending === undefined ? [] : [{ change, ending }];
  });
  const seen = ended.map(({ change, ending }) => {
    const before = sent(change)?.before;
    const isDone = ending.outcome === "already" || (ending.outcome === "differs" && ending.before === change.to);
    if (sent(change) === undefined || !isDone) return { change, ending };
    return { change, ending: { outcome: "done", ...(before !== undefined && { before }) } as const };
  });
  return { changeable: changeable.filter(({ change }) => sent(change) === undefined), ended: [...seen, ...waiting] };
}

async function apply(batches: Plan["batches"], writes: readonly PlannedWrite[], attempt: Attempt) {
  const { journaling } = attempt;
  const applied = await applyBatches(batches, writes, {
    ...attempt,
    afterBatch: (entries) => journaling.note(entries),
  });
  await journaling.end(applied.values());
  return applied;
}

interface Planned {
  readonly write: PlannedWrite;
  readonly group: readonly Changeable[];
}

/** One for each resource: the tags that it is to have, or, where they are to be taken off, that it has. */
function writesOf(changeable: readonly Changeable[]): Planned[] {
  const byResource = Map.groupBy(changeable, ({ change }) => resourceKey(change.ref));
  return [...byResource.values()].flatMap((group): Planned[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { action, route, reading } = first;
    const tags = new Map(group.map(({ change: { key, to } }) => [key, to ?? reading.tags.get(key) ?? ""]));
    const wantedWith: PlannedWrite["wantedWith"] = (now) =>
      new Map(
        group.flatMap(({ change }) => {
          const value = endedBy(change, now) === undefined ? tags.get(change.key) : undefined;
          return value === undefined ? [] : [[change.key, value]];
        }),
      );
    return [{ group, write: { ref: first.change.ref, route, reading, tags, action, wantedWith } }];
  });
}
