import type { Clock, Log } from "../ports/invocation.ts";

export interface AnswerDeps {
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Log;
  /** As long as the sender waits. */
  readonly answerMs: number;
}

/**
 * What `work` answers. Throws what it throws, and an error where it takes longer than a sender waits: that becomes a
 * 5xx, which has the sender send it again, and raises the alarm. The work is not stopped: should the queue have taken
 * the events after all, they come twice, which does no harm. What it throws later is logged.
 */
export async function answerInTime<Answer>(
  work: Promise<Answer>,
  { clock, log, answerMs }: AnswerDeps,
): Promise<Answer> {
  const answered = new AbortController();
  let isLate = false;
  const late = clock.sleep(answerMs, answered.signal).then(() => {
    isLate = !answered.signal.aborted;
    if (isLate) throw new Error(`webhook: there was no answer within ${answerMs} ms, which is how long senders wait`);
    return work;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    answered.abort();
    if (isLate) {
      work.catch((error: unknown) => log.error("webhook: what took too long failed", { reason: String(error) }));
    }
  }
}
