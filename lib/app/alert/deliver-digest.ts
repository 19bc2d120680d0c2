import type { Digest } from "../../core/alert/digest.ts";
import { AlertDeliveryError, type AlertSender } from "../ports/alerts.ts";
import type { Clock, Deadline, Random } from "../ports/invocation.ts";

export interface DeliverDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly deadline: Deadline;
}

const ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 500;
/** A channel that asks us to wait longer gets the message when the queue delivers it again. */
const LONGEST_WAIT_MS = 15_000;
/** One attempt, to the last byte of the answer. */
export const SEND_TIMEOUT_MS = 10_000;

/**
 * Sends a digest, again after a random wait where that may help and there is time for it. Throws the
 * AlertDeliveryError of the last attempt.
 */
export async function deliverDigest(digest: Digest, sender: AlertSender, deps: DeliverDeps): Promise<void> {
  const { clock, random, deadline } = deps;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sender.send(digest, { signal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
      return;
    } catch (error) {
      if (!(error instanceof AlertDeliveryError) || !error.retryable || attempt === ATTEMPTS) throw error;
      const jitter = random() * FIRST_BACKOFF_MS * 2 ** attempt;
      const wait = (error.retryAfterMs ?? 0) + jitter;
      if (wait > LONGEST_WAIT_MS || wait + SEND_TIMEOUT_MS > deadline.remainingMs()) throw error;
      await clock.sleep(wait);
    }
  }
}
