import { messageOf } from "../../core/errors.ts";
import type { Clock, Deadline, Log } from "../ports/invocation.ts";

export interface UntilStartedDeps {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly log: Pick<Log, "warn">;
  /** Whether time alone may mend it. */
  readonly mayPass: (error: unknown) => boolean;
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/** What an attempt may take. */
const ATTEMPT_MS = 30_000;

/**
 * Tries again while a store or a queue is down, as long as the invocation lasts: no queue brings the schedule's event
 * back, and Lambda only repeats it twice within minutes. Rethrows what the last attempt failed with, and at once what
 * waiting doesn't mend.
 */
export async function untilStarted<Started>(
  start: () => Promise<Started>,
  { clock, deadline, log, mayPass }: UntilStartedDeps,
): Promise<Started> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    try {
      return await start();
    } catch (error) {
      if (!mayPass(error) || deadline.remainingMs() < wait + ATTEMPT_MS) throw error;
      log.warn("the audit can't start yet", { reason: messageOf(error), again: `${wait / 1_000} s` });
      await clock.sleep(wait);
    }
  }
}
