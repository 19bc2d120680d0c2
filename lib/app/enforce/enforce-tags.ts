import type { JournalEntry } from "../../core/journal.ts";
import { countOutcomes, type ResourceOutcome } from "../../core/outcome.ts";
import { createCaller } from "../cloud/call.ts";
import type { Denials } from "../cloud/denials.ts";
import type { RateLimiter } from "../cloud/rate/limiter.ts";
import type { Clock, Deadline, Random } from "../ports/invocation.ts";
import type { MessageAction } from "../ports/messages.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import { applyBatches, type ApplyDeps } from "../write/apply-batches.ts";
import { writeJournal } from "../write/journal.ts";
import type { Offenders } from "../write/offenders.ts";
import { planWrites } from "../write/plan-writes.ts";
import { assess, lackingIn, writesFor, type AssessDeps } from "./assess.ts";
import { firstSent, givenUp, mergeCreated, repairedBy, actionsFor, type CreatedMessage } from "./messages.ts";
import { comingBack, conclude, withFailed } from "./outcomes.ts";
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
  /** Keeps what was written. Called once, or, where thousands of tags are written, for some of them at a time. */
  readonly journal?: (entries: readonly JournalEntry[]) => Promise<void>;
}

export interface EnforceResult {
  readonly actions: readonly MessageAction[];
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
  const actions = actionsFor(messages, later, deps);
  const concluded = withFailed(conclusions, givenUp(messages, actions, later));
  await tell(concluded, deps, later.size === 0 ? new Map() : firstSent(messages));

  const resources = concluded.map(({ outcome }) => outcome);
  deps.log.info("enforced", { resources: resources.length, calls, outcomes: countOutcomes(resources) });
  return { actions, resources };
}
