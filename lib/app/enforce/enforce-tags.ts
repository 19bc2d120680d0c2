import type { Trouble } from "../../core/alert/trouble-alerts.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { countOutcomes, type ResourceOutcome } from "../../core/outcome.ts";
import { createCaller } from "../cloud/call.ts";
import type { RateLimiter } from "../cloud/rate/limiter.ts";
import type { Clock, Deadline, Log, Random } from "../ports/invocation.ts";
import type { Settlement } from "../ports/messages.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import { applyBatches, type ApplyDeps } from "../write/apply-batches.ts";
import { writeJournal } from "../write/journal.ts";
import type { Offenders } from "../write/offenders.ts";
import { planWrites } from "../write/plan-writes.ts";
import { assess, lackingIn, writesFor, type AssessDeps } from "./assess.ts";
import { givenUp, mergeCreated, repairedBy, settleMessages, type CreatedMessage } from "./messages.ts";
import { noteSeen, type SeenDeps } from "./tell.ts";
import { comingBack, conclude, logOutcome, withFailed, type Conclusion } from "./outcomes.ts";
import { releaseUnused, reserveWrites } from "./reserve-writes.ts";
import { troublesOf } from "./troubles.ts";

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
  const reservation = await reserveWrites(lackingIn(assessments), repairedBy(messages), deps);
  const writes = writesFor(reservation.granted);
  const { batches, calls, unresolved } = await planWrites("tag", writes);

  const journal = writeJournal({ ...deps, policyHash: deps.policies.hash, resources: assessments, keep: deps.journal });
  const afterBatch: ApplyDeps["afterBatch"] = (entries) => journal.note(entries);
  const applied = await applyBatches(batches, writes, { ...deps, caller, afterBatch });
  await journal.end(applied.values());
  await releaseUnused(reservation, applied, deps);

  const conclusions = conclude(assessments, { applied, unresolved, capped: reservation.capped });
  const later = comingBack(conclusions);
  const settlements = settleMessages(messages, later, deps.random);
  const concluded = withFailed(conclusions, givenUp(messages, settlements, later));
  await tell(concluded, deps);

  const resources = concluded.map(({ outcome }) => outcome);
  deps.log.info("enforced", { resources: resources.length, calls, outcomes: countOutcomes(resources) });
  return { settlements, resources };
}

/** Logs, records, notes and alerts, before any message is settled: if one of them fails, all come back. */
async function tell(conclusions: readonly Conclusion[], deps: EnforceDeps): Promise<void> {
  if (conclusions.length === 0) return;
  const outcomes = conclusions.map(({ outcome }) => outcome);
  for (const outcome of outcomes) logOutcome(deps.log, outcome);
  await Promise.all([deps.record?.(outcomes), noteSeen(conclusions, deps)]);
  const troubles = conclusions.flatMap((conclusion) => troublesOf(conclusion, deps.ownerTags));
  if (troubles.length > 0) await deps.alert?.(troubles);
}
