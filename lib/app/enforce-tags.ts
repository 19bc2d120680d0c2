import { countOutcomes, type ResourceOutcome } from "../core/outcome.ts";
import type { JournalEntry } from "../core/journal.ts";
import { lazily } from "../core/lazily.ts";
import type { Plan } from "../core/plan/obvious.ts";
import { resourceKey, type Tags } from "../core/resource.ts";
import { applyBatches } from "./apply-batches.ts";
import { assess, braked, presentTags, settlesInMs, type AssessDeps, type Assessment, type Wanting } from "./assess.ts";
import type { Trouble } from "../core/alert/trouble-alerts.ts";
import { createCaller } from "./call.ts";
import { concludeByTag, concludeWhole, type Conclusion, type TagVerdict } from "./conclude.ts";
import type { LedgerEntry, PlannedWrite } from "./ledger.ts";
import { logOutcome } from "./log-outcome.ts";
import { mergeCreated, repairedBy, type CreatedMessage } from "./merge-created.ts";
import type { Offenders } from "./offenders.ts";
import type { Clock, Deadline, Log, Random, WriteCap } from "./ports.ts";
import { noteSeen, type SeenDeps } from "./note-seen.ts";
import { planCalls } from "./plan-calls.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { releaseUnused, reserveWrites } from "./reserve-writes.ts";
import type { End, Settlement } from "./settle-messages.ts";
import type { LaterVerdict, Verdict } from "./verdict.ts";
import { writeJournal } from "./write-journal.ts";

/** Needed where a resource leaves with anything but all of its tags written. */
export const tagVerdicts = lazily(() => import("./tag-verdicts.ts"));
/** Needed where a resource has to come back. */
export const settling = lazily(() => import("./settle-messages.ts"));
/** Needed where somebody may have to look at something. */
export const troubles = lazily(() => import("./troubles.ts"));

export interface EnforceDeps extends AssessDeps, Pick<SeenDeps, "seen" | "onUnseen"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Shared by all invocations of a process. */
  readonly limiter: RateLimiter;
  readonly writeCap: WriteCap;
  /** Shared by all invocations of a process; absent = each begins without a memory of refusals. */
  readonly offenders?: Offenders;
  /**
   * Keeps what was written, before any message is settled: if it can't in the end, all of them come back. Called once,
   * or, where thousands of tags are written, for some of them at a time.
   */
  readonly journal?: (entries: readonly JournalEntry[]) => Promise<void>;
  /** Told of every outcome, `redelivered` included, where there is one, before any message is settled: if it fails, all come back. */
  readonly record?: (outcomes: readonly ResourceOutcome[]) => Promise<void>;
  /** Told of what somebody has to look at, where there is such a thing, before any message is settled: if it fails, all come back. */
  readonly alert?: (troubles: readonly Trouble[]) => Promise<void>;
  /** Tags that name who owns a resource, in the order in which they are asked. */
  readonly ownerTags?: readonly string[];
}

export interface EnforceResult {
  readonly settlements: readonly Settlement[];
  /** Each resource of the messages once. */
  readonly resources: readonly ResourceOutcome[];
}

/**
 * Adds the tags that newly created resources lack. Each resource leaves with exactly one outcome, and a message is
 * acknowledged only when all of its resources have a final one.
 */
export async function enforceTags(
  messages: readonly CreatedMessage[],
  deps: EnforceDeps,
  deadline: Deadline,
): Promise<EnforceResult> {
  const caller = createCaller({ ...deps, deadline });
  const assessments = await assess(mergeCreated(messages), { ...deps, caller });
  const reservation = await reserveWrites(wantingOf(assessments), repairedBy(messages), deps);
  const planned = await planWrites(reservation.granted);
  const journal = writeJournal({
    ...deps,
    policyHash: deps.policies.hash,
    resources: assessments,
    keep: deps.journal,
  });
  const applied = await applyBatches(planned.batches, plannedWrites(reservation.granted, deps), {
    ...deps,
    caller,
    afterBatch: (entries) => journal.note(entries),
  });
  await journal.end(applied.values());
  await releaseUnused(reservation, applied, deps);

  const unresolved = Map.groupBy(planned.unresolved, (tag) => resourceKey(tag));
  const concluded: End[] = [];
  const later = new Map<string, LaterVerdict>();
  for (const [key, assessment] of assessments) {
    const applying = conclude(assessment, {
      entry: applied.get(key),
      unresolved: unresolved.get(key) ?? [],
      capped: reservation.capped.get(key),
      deps,
    });
    const conclusion = applying instanceof Promise ? await applying : applying;
    if (conclusion.later !== undefined) later.set(key, conclusion.later);
    concluded.push({ key, conclusion, resource: assessment.resource });
  }
  const { settlements, ends } =
    later.size === 0
      ? {
          settlements: messages.map(({ messageId }): Settlement => ({ messageId, action: "acknowledge" })),
          ends: concluded,
        }
      : (await settling()).settle(messages, concluded, later, deps.random);
  const outcomes = ends.map(({ conclusion }) => conclusion.outcome);
  for (const outcome of outcomes) logOutcome(deps.log, outcome);
  if (outcomes.length > 0) await Promise.all([deps.record?.(outcomes), noteSeen(assessments, outcomes, deps)]);
  const toLookAt = ends.filter(mayBeTrouble);
  if (toLookAt.length > 0) await tell(toLookAt, deps);
  deps.log.info("enforced", { resources: outcomes.length, calls: planned.calls, outcomes: countOutcomes(outcomes) });
  return { settlements, resources: outcomes };
}

/** The resources that lack something, by `resourceKey`, in the order of the messages. */
export function wantingOf(assessments: ReadonlyMap<string, Assessment>): Map<string, Wanting> {
  const wanting = new Map<string, Wanting>();
  for (const [key, assessment] of assessments) if (assessment.kind === "wanting") wanting.set(key, assessment);
  return wanting;
}

/** The tag calls for what is to be written to these resources. */
export function planWrites(wanting: ReadonlyMap<string, Wanting>): Promise<Plan> {
  const all = [...wanting.values()];
  const contracts = new Map(all.map(({ resource, route }) => [resource.type, route.contract]));
  return planCalls({
    resources: all.map(({ resource, decisions }) => ({
      resource,
      current: resource.tags,
      tags: decisions.flatMap((decision) => (decision.action === "write" ? [decision] : [])),
    })),
    contractFor: (type) => contracts.get(type),
  });
}

function plannedWrites(wanting: ReadonlyMap<string, Wanting>, deps: EnforceDeps): PlannedWrite[] {
  return [...wanting].map(([key, { resource, route, reading, decisions }]) => ({
    ref: resource,
    key,
    route,
    reading,
    tags: written(decisions),
    wantedWith: (tags) => written(decideAnew(resource, route, tags, deps)),
  }));
}

function written(decisions: Wanting["decisions"]): Tags {
  const tags = new Map<string, string>();
  for (const one of decisions) if (one.action === "write") tags.set(one.key, one.value);
  return tags;
}

/** The policies' word on a resource that a later read showed with other tags. */
function decideAnew(resource: Wanting["resource"], route: Wanting["route"], tags: Tags, deps: EnforceDeps) {
  const present = { ...resource, tags: presentTags(resource, tags, deps) };
  return braked(present, deps.policies.evaluate(present, deps.clock.now()), route, deps);
}

interface Applied {
  readonly entry: LedgerEntry | undefined;
  readonly unresolved: Plan["unresolved"];
  readonly capped: LaterVerdict | undefined;
  readonly deps: EnforceDeps;
}

/** A promise only where something has to be loaded for it: the others are many. */
function conclude(assessment: Assessment, { deps, ...applied }: Applied): Conclusion | Promise<Conclusion> {
  if (assessment.kind === "ended") return concludeWhole(assessment.resource, assessment.verdict);
  const { resource, route } = assessment;
  const tags = allWritten(assessment, applied.entry);
  if (tags !== undefined) return concludeByTag(resource, tags);
  const found = {
    ...applied,
    settlesInMs: () => settlesInMs(resource, deps),
    decideAnew: (read: Tags) => decideAnew(resource, route, read, deps),
  };
  return tagVerdicts().then(({ verdictsByTag }) => concludeByTag(resource, verdictsByTag(assessment.decisions, found)));
}

const TAGGED: Verdict = { outcome: "tagged" };

/** How the tags of a resource ended that were all written, as they mostly are; undefined where one of them wasn't. */
function allWritten({ decisions }: Wanting, entry: LedgerEntry | undefined): TagVerdict[] | undefined {
  const tags: TagVerdict[] = [];
  for (const { key } of decisions) {
    const result = entry?.pairs.get(key)?.result;
    if (result?.kind !== "written") return undefined;
    tags.push({ key, verdict: TAGGED, value: result.value });
  }
  return tags;
}

function mayBeTrouble({
  conclusion: {
    outcome: { outcome },
  },
}: End): boolean {
  return outcome === "failed" || outcome === "rejected" || outcome === "redelivered";
}

async function tell(
  ends: readonly End[],
  { alert, ownerTags }: Pick<EnforceDeps, "alert" | "ownerTags">,
): Promise<void> {
  if (alert === undefined) return;
  const { troublesOf } = await troubles();
  const told = ends.flatMap(({ conclusion, resource }) => troublesOf(conclusion, resource, ownerTags));
  if (told.length > 0) await alert(told);
}
