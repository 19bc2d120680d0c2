import { countOutcomes, type ResourceOutcome } from "../core/outcome.ts";
import type { JournalEntry } from "../core/journal.ts";
import { plan, type Plan } from "../core/plan.ts";
import { resourceKey, type Tags } from "../core/resource.ts";
import { applyBatches } from "./apply-batches.ts";
import { assess, braked, presentTags, settlesInMs, type AssessDeps, type Assessment, type Wanting } from "./assess.ts";
import type { Trouble } from "../core/alert/trouble-alerts.ts";
import { createCaller } from "./call.ts";
import { concludeByTag, concludeWhole, type Conclusion, type TagVerdict } from "./conclude.ts";
import type { LedgerEntry, PlannedWrite, WriteResult } from "./ledger.ts";
import { logOutcome } from "./log-outcome.ts";
import { mergeCreated, type CreatedMessage } from "./merge-created.ts";
import type { Offenders } from "./offenders.ts";
import type { Clock, Deadline, Log, Random, WriteCap } from "./ports.ts";
import { noteSeen, type SeenDeps } from "./note-seen.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { releaseUnused, reserveWrites } from "./reserve-writes.ts";
import { settleMessages, type Settlement } from "./settle-messages.ts";
import { troublesOf } from "./troubles.ts";
import { verdictOf, type LaterVerdict, type Verdict } from "./verdict.ts";
import { writeJournal } from "./write-journal.ts";

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
  const reservation = await reserveWrites(wantingOf(assessments), deps);
  const planned = planWrites(reservation.granted);
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
  const outcomes: ResourceOutcome[] = [];
  const later = new Map<string, LaterVerdict>();
  const troubles: Trouble[] = [];
  for (const [key, assessment] of assessments) {
    const conclusion = concludeAssessed(assessment, {
      entry: applied.get(key),
      unresolved: unresolved.get(key) ?? [],
      capped: reservation.capped.get(key),
      deps,
    });
    outcomes.push(conclusion.outcome);
    if (conclusion.later !== undefined) later.set(key, conclusion.later);
    if (deps.alert !== undefined) troubles.push(...troublesOf(conclusion, assessment.resource, deps.ownerTags));
    logOutcome(deps.log, conclusion.outcome);
  }
  if (outcomes.length > 0) await Promise.all([deps.record?.(outcomes), noteSeen(assessments, outcomes, deps)]);
  if (troubles.length > 0) await deps.alert?.(troubles);
  deps.log.info("enforced", { resources: outcomes.length, calls: planned.calls, outcomes: countOutcomes(outcomes) });
  return { settlements: settleMessages(messages, later, deps.random), resources: outcomes };
}

/** The resources that lack something, by `resourceKey`, in the order of the messages. */
export function wantingOf(assessments: ReadonlyMap<string, Assessment>): Map<string, Wanting> {
  const wanting = new Map<string, Wanting>();
  for (const [key, assessment] of assessments) if (assessment.kind === "wanting") wanting.set(key, assessment);
  return wanting;
}

/** The tag calls for what is to be written to these resources. */
export function planWrites(wanting: ReadonlyMap<string, Wanting>): Plan {
  const all = [...wanting.values()];
  const contracts = new Map(all.map(({ resource, route }) => [resource.type, route.contract]));
  return plan({
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
    wantedWith: (tags) => written(decideAnew(resource, route, tags, deps).decisions),
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
  const evaluation = deps.policies.evaluate(present, deps.clock.now());
  return { evaluation, decisions: braked(present, evaluation, route, deps) };
}

interface Applied {
  readonly entry: LedgerEntry | undefined;
  readonly unresolved: Plan["unresolved"];
  readonly capped: LaterVerdict | undefined;
  readonly deps: EnforceDeps;
}

function concludeAssessed(assessment: Assessment, applied: Applied): Conclusion {
  const { resource } = assessment;
  if (assessment.kind === "ended") return concludeWhole(resource, assessment.verdict);
  const tags = assessment.decisions.map((decision): TagVerdict => {
    const { key } = decision;
    if (decision.action === "leave") {
      return { key, verdict: { outcome: "report-only", code: decision.reason, message: `${key}: ${decision.detail}` } };
    }
    if (applied.capped !== undefined) return { key, verdict: applied.capped };
    const tag = applied.unresolved.find((one) => one.key === key);
    if (tag !== undefined) return { key, verdict: rejectedFor(key, tag) };
    const result = applied.entry?.pairs.get(key)?.result;
    const verdict = verdictOfResult(key, result, assessment, applied.deps);
    return { key, verdict, ...(result?.kind === "written" && { value: result.value }) };
  });
  return concludeByTag(resource, tags);
}

function rejectedFor(key: string, { code, reason }: { readonly code: string; readonly reason: string }): Verdict {
  return { outcome: "rejected", code, message: `${key} ${reason}` };
}

const TAGGED: Verdict = { outcome: "tagged" };

function verdictOfResult(
  key: string,
  result: WriteResult | undefined,
  { resource, route }: Wanting,
  deps: EnforceDeps,
): Verdict {
  switch (result?.kind) {
    case "written":
      return TAGGED;
    case "no-room":
      return rejectedFor(key, result);
    case "refused":
    case "unfinished":
      return verdictOf(result.error, settlesInMs(resource, deps));
    case "dropped": {
      const decision = decideAnew(resource, route, result.tags, deps).decisions.find((one) => one.key === key);
      if (decision === undefined) return { outcome: "compliant" };
      if (decision.action === "leave") {
        return { outcome: "report-only", code: decision.reason, message: `${key}: ${decision.detail}` };
      }
      const message = `${key} was changed by somebody else while it was being written`;
      return { outcome: "redelivered", how: "wait", code: "Changed", message };
    }
    case undefined:
      return {
        outcome: "redelivered",
        how: "retry",
        code: "Unexpected",
        message: `${key} was planned and not applied`,
      };
  }
}
