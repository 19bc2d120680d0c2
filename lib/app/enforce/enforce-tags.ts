import type { JournalEntry } from "../../core/journal.ts";
import { lazily } from "../../core/lazily.ts";
import { countOutcomes, type ResourceOutcome } from "../../core/outcome.ts";
import type { Resource } from "../../core/resource.ts";
import { createCaller } from "../cloud/call.ts";
import type { Denials } from "../cloud/denials.ts";
import type { RateLimiter } from "../cloud/rate/limiter.ts";
import type { Clock, Deadline, Random } from "../ports/invocation.ts";
import type { MessageAction } from "../ports/messages.ts";
import type { TagRounds } from "../ports/tag-rounds.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import { applyBatches, type ApplyDeps } from "../write/apply-batches.ts";
import { writeJournal } from "../write/journal.ts";
import type { Offenders } from "../write/offenders.ts";
import type { ResourcePairs } from "../write/pairs.ts";
import { planWrites } from "../write/plan-writes.ts";
import { assessInSlices, lackingIn, writesFor, type AssessDeps } from "./assess.ts";
import { firstSent, givenUp, mergeCreated, repairedBy, actionsFor, type CreatedMessage } from "./messages.ts";
import { comingBack, conclude, withFailed, type Conclusion } from "./outcomes.ts";
import { releaseUnused, reserveWrites } from "./reserve-writes.ts";
import { tell, type TellDeps } from "./tell.ts";

/** If `journal`, `record` or `alert` fails, no message is acknowledged: all of them come back. */
export interface EnforceDeps extends AssessDeps, TellDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Shared by all invocations of a process. */
  readonly limiter: RateLimiter;
  readonly writeCap: WriteCap;
  /** Shared by all invocations of a process; absent = each begins without a memory of refusals. */
  readonly offenders?: Offenders;
  /** Shared by all invocations of a process; absent = each begins without a memory of denied access. */
  readonly denials?: Denials;
  /** Counts how often changed tags are put back; absent = nobody does, and none is. */
  readonly rounds?: Pick<TagRounds, "take">;
  /** Keeps what was written. Called once, or, where thousands of tags are written, for some of them at a time. */
  readonly journal?: (entries: readonly JournalEntry[]) => Promise<void>;
}

/** Needed where something has to come back. */
export const parts = lazily(() => import("./parts.ts"));

export interface EnforceResult {
  readonly actions: readonly MessageAction[];
  /** Each resource of the messages once. */
  readonly resources: readonly ResourceOutcome[];
}

/**
 * Adds the tags that newly created resources lack. Each resource leaves with exactly one outcome, and a message is
 * acknowledged only when all of its resources have a final one. What is read is written while reading goes on, so that
 * slow reads can't use up the time of an invocation in which something could have been written.
 */
export async function enforceTags(
  messages: readonly CreatedMessage[],
  deps: EnforceDeps,
  deadline: Deadline,
): Promise<EnforceResult> {
  const caller = createCaller({ ...deps, deadline });
  const resources = mergeCreated(messages);
  const repairs = repairedBy(messages);
  const changed = messages.some(tellsOfChange) ? (await loadChanged()).changedTags(messages, deps) : undefined;
  const assessed = await assessInSlices(createdFirst(resources, repairs), { ...deps, caller, deadline, changed });
  const { policies, journal: keep } = deps;
  const journal = writeJournal({ ...deps, policyHash: policies.hash, resources, keep });
  const written: ResourcePairs[] = [];
  const ended = new Map<string, Conclusion>();
  let calls = 0;
  try {
    for (let slice = await assessed.next(); slice !== undefined; slice = await assessed.next()) {
      const assessments = (await changed?.hold(slice)) ?? slice;
      const reservation = await reserveWrites(lackingIn(assessments), repairs, deps);
      const writes = writesFor(reservation.granted);
      const { batches, unresolved, ...plan } = await planWrites("tag", writes);
      calls += plan.calls;
      const done = countDown(batches.length, assessed.progress);
      const afterBatch: ApplyDeps["afterBatch"] = async (entries) => {
        done();
        await journal.note(entries);
      };
      const applied = await applyBatches(batches, writes, { ...deps, caller, afterBatch });
      written.push(...applied.values());
      await releaseUnused(reservation, applied, deps);
      const concluded = conclude(assessments, { applied, unresolved, capped: reservation.capped });
      for (const [key, conclusion] of concluded) ended.set(key, conclusion);
    }
  } finally {
    try {
      await assessed.end();
    } finally {
      // Whatever fails, what was written is kept.
      await journal.end(written);
    }
  }

  const conclusions = inOrderOf(resources, ended);
  const later = comingBack(conclusions);
  const wholes = actionsFor(messages, later, deps);
  const actions = later.size === 0 ? wholes : (await parts()).inParts(messages, wholes, later);
  const concluded = withFailed(conclusions, givenUp(messages, actions, later));
  await tell(concluded, deps, later.size === 0 ? new Map() : firstSent(messages));

  const outcomes = concluded.map(({ outcome }) => outcome);
  deps.log.info("enforced", { resources: outcomes.length, calls, outcomes: countOutcomes(outcomes) });
  return { actions, resources: outcomes };
}

/** Creations, which are most of what comes, never need it. */
const loadChanged = () => import("./changed-tags.ts");

function tellsOfChange({ recheck }: CreatedMessage): boolean {
  return recheck !== undefined;
}

/** What was created goes before what audits found: somebody waits for it, and the write cap may not do for both. */
function createdFirst(
  resources: ReadonlyMap<string, Resource>,
  repairs: ReadonlySet<string>,
): ReadonlyMap<string, Resource> {
  if (repairs.size === 0) return resources;
  return new Map([...resources].toSorted(([a], [b]) => Number(repairs.has(a)) - Number(repairs.has(b))));
}

/** To be called when one of `all` is done: says which part of them is. */
function countDown(all: number, progress: (part: number) => void): () => void {
  let done = 0;
  return () => progress((done += 1) / all);
}

function inOrderOf(
  resources: ReadonlyMap<string, Resource>,
  conclusions: ReadonlyMap<string, Conclusion>,
): Map<string, Conclusion> {
  const ordered = new Map<string, Conclusion>();
  for (const key of resources.keys()) {
    const conclusion = conclusions.get(key);
    if (conclusion !== undefined) ordered.set(key, conclusion);
  }
  return ordered;
}
