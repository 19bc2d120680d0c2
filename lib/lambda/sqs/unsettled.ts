import type { SQSRecord } from "aws-lambda";
import { sendCountOf, type MessageCopy, type MessageSettlement, type SqsBatchDeps } from "./messages.ts";

/**
 * Delays double up to 15 minutes, so a message that is sent for the twelfth time has waited for about an hour. It goes
 * on waiting; a copy begins with an age and a receive count of its own, so that only this count shows it.
 */
const LONG_WAIT_SENDS = 12;
const MAX_DELAY_SECONDS = 900;

/** Sends the copies and returns the originals that are now safe to acknowledge. */
export async function sendAgain(
  records: readonly SQSRecord[],
  settlements: readonly MessageSettlement[],
  { log, count, sendAgain: send }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (settlements.every(({ action }) => action !== "send-again")) return new Set();
  const byId = new Map(records.map((record) => [record.messageId, record]));
  const copies = settlements.flatMap((settlement): MessageCopy[] => {
    const record = byId.get(settlement.messageId);
    if (settlement.action !== "send-again" || record === undefined) return [];
    const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(settlement.delaySeconds)));
    const { messageId, body } = record;
    return [{ messageId, body, delaySeconds, sendCount: sendCountOf(record) + 1 }];
  });
  if (copies.length === 0 || send === undefined) return new Set();
  const expected = new Set(settlements.flatMap((one) => ("isExpected" in one ? one.messageId : [])));
  const waiting = copies.filter(({ messageId, sendCount }) => sendCount >= LONG_WAIT_SENDS && !expected.has(messageId));
  if (waiting.length > 0) {
    count("messagesWaitingLong", waiting.length);
    const sendCount = Math.max(...waiting.map((copy) => copy.sendCount));
    log.warn("messages have waited for more than an hour", { messages: waiting.length, sendCount });
  }
  try {
    const accepted = await send(copies);
    count("messagesSentAgain", accepted.size);
    return accepted;
  } catch (error) {
    // The originals stay on the queue, so nothing is lost; they come back after the visibility timeout.
    log.warn("messages could not be sent again", { messages: copies.length, reason: String(error) });
    return new Set();
  }
}

/** Puts what failed for the last time on the dead-letter queue, with the reason; returns what the queue took. */
export async function bury(
  failed: readonly SQSRecord[],
  reasons: ReadonlyMap<string, string>,
  { log, count, deadLetters }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (deadLetters === undefined) return new Set();
  const letters = failed
    .filter(({ attributes }) => Number(attributes.ApproximateReceiveCount) >= deadLetters.attempts)
    .map(({ messageId, body }) => ({ messageId, body, reason: reasons.get(messageId) ?? "was not settled in time" }));
  if (letters.length === 0) return new Set();
  try {
    const taken = await deadLetters.send(letters);
    count("messagesDead", taken.size);
    for (const { messageId, reason } of letters) {
      if (taken.has(messageId)) log.error("message is dead", { messageId, reason });
    }
    return taken;
  } catch (error) {
    // They are redelivered, and so it is the queue itself that moves them.
    log.warn("dead letters could not be sent with their reason", { messages: letters.length, reason: String(error) });
    return new Set();
  }
}
