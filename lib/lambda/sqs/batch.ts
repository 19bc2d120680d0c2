import { messageOf } from "../../core/errors.ts";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { comeBack, type MessageAction } from "../../app/ports/messages.ts";
import { copyOf, envelopeOf, ownWordOf, type MessageEnvelope, type SqsBatchDeps } from "./messages.ts";

/** What a message body turned out to be. */
export type ParsedMessage<Message> =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "ignored"; readonly reason: string };

/** Reads a message's body. Rejects where it can't. */
export type ParseMessage<Message> = (body: string, envelope: MessageEnvelope) => Promise<ParsedMessage<Message>>;

/** How long is left for this invocation. */
export interface InvocationDeadline {
  remainingMs(): number;
}

const MAX_REASON_LENGTH = 300;
const MOST_REASONS = 10;

/** How long a message waits before it is counted as one that waits for long. */
const LONG_MS = 3_600_000;

/**
 * Gives the use case the whole batch, because one tag call spans many messages, and turns its actions into partial
 * batch failures. If the use case throws, all of its messages come back with a growing delay. A message is acknowledged
 * only where something says so, or where a copy of it is on the queue or among the dead letters: a body that can't be
 * read, a message without an action and one whose copy the queue didn't take go back, until it was the last delivery.
 */
export function sqsBatch<Message>(
  parse: ParseMessage<Message>,
  useCase: (messages: readonly Message[], deadline: InvocationDeadline) => Promise<readonly MessageAction[]>,
  deps: SqsBatchDeps,
): (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse> {
  return async ({ Records: records }, context) => {
    const acknowledged = new Set<string>();
    const reasons = new Map<string, string>();
    const envelopes: MessageEnvelope[] = [];
    const messages: Message[] = [];
    const unready = await reasonNotReady(deps);
    for (const record of unready === undefined ? records : []) {
      const envelope = envelopeOf(record, deps.waitMs);
      const parsed = await readMessage(record, envelope, parse, deps);
      if (parsed.kind === "message") {
        messages.push(parsed.message);
        envelopes.push(envelope);
      }
      if (parsed.kind === "ignored") acknowledged.add(record.messageId);
      if (parsed.kind === "unreadable") reasons.set(record.messageId, `can't be read: ${parsed.reason}`);
    }
    if (acknowledged.size > 0) deps.count("messagesIgnored", acknowledged.size);

    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() };
    const actions =
      unready !== undefined
        ? records.map((record) => comeBack(envelopeOf(record, deps.waitMs), unready, deps))
        : messages.length === 0
          ? []
          : await orComeBack(envelopes, () => useCase(messages, deadline), deps);
    const givenUp = new Set<string>();
    for (const one of actions) {
      if (one.action === "acknowledge") acknowledged.add(one.messageId);
      else if (one.reason !== undefined) reasons.set(one.messageId, one.reason);
      if (one.action === "give-up") givenUp.add(one.messageId);
    }
    if (records.every(({ messageId }) => acknowledged.has(messageId))) return { batchItemFailures: [] };

    for (const messageId of await sendAgain(records, actions, reasons, deps)) acknowledged.add(messageId);
    const failed = records.filter(({ messageId }) => !acknowledged.has(messageId));
    const buried = await bury(failed, { givenUp, reasons }, deps);
    const failures = new Set(failed.map(({ messageId }) => messageId).filter((id) => !buried.has(id)));
    if (failures.size > 0) deps.count("messagesRedelivered", failures.size);
    return { batchItemFailures: [...failures].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function reasonNotReady({ ready, log, count }: SqsBatchDeps): Promise<string | undefined> {
  try {
    await ready?.();
    return undefined;
  } catch (error) {
    const reason = messageOf(error).slice(0, MAX_REASON_LENGTH);
    log.error("the function can't work yet, and its messages come back", { reason });
    count("batchesFailed", 1);
    return reason;
  }
}

type ReadMessage<Message> = ParsedMessage<Message> | { readonly kind: "unreadable"; readonly reason: string };

async function readMessage<Message>(
  { messageId, body }: SQSRecord,
  envelope: MessageEnvelope,
  parse: ParseMessage<Message>,
  { log, count }: SqsBatchDeps,
): Promise<ReadMessage<Message>> {
  const { receiveCount } = envelope;
  try {
    const parsed = await parse(body, envelope);
    if (parsed.kind === "ignored") log.debug("message ignored", { messageId, reason: parsed.reason });
    return parsed;
  } catch (error) {
    const reason = messageOf(error).slice(0, MAX_REASON_LENGTH);
    log.error("message can't be read", { messageId, receiveCount, bytes: Buffer.byteLength(body), reason });
    count("messagesUnreadable", 1);
    return { kind: "unreadable", reason };
  }
}

/** What the use case says. If it throws, such as where a store is down, every message comes back. */
async function orComeBack(
  envelopes: readonly MessageEnvelope[],
  useCase: () => Promise<readonly MessageAction[]>,
  deps: SqsBatchDeps,
): Promise<readonly MessageAction[]> {
  try {
    return await useCase();
  } catch (error) {
    const reason = messageOf(error).slice(0, MAX_REASON_LENGTH);
    const stack = error instanceof Error ? error.stack : undefined;
    deps.log.error("the batch failed and comes back", { messages: envelopes.length, reason, stack });
    deps.count("batchesFailed", 1);
    return envelopes.map((envelope) => comeBack(envelope, reason, deps));
  }
}

/** Sends the copies and returns the originals that are now safe to acknowledge. */
async function sendAgain(
  records: readonly SQSRecord[],
  actions: readonly MessageAction[],
  reasons: Map<string, string>,
  { log, count, clock, sendAgain: send }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (send === undefined || actions.every(({ action }) => action !== "send-again")) return new Set();
  const byId = new Map(records.map((record) => [record.messageId, record]));
  const again = actions.flatMap((one) => {
    const record = byId.get(one.messageId);
    if (one.action !== "send-again" || record === undefined) return [];
    const copy = copyOf(record, one);
    // What comes back in parts has got smaller: it is no message that waits and waits.
    return one.parts === undefined
      ? [{ one, copy }]
      : one.parts.map((part) => ({ one, copy: { ...copy, part, sendCount: 0, firstSentAt: copy.firstSentAt } }));
  });
  const waiting = again.filter(({ one, copy }) => one.isExpected !== true && clock.now() - copy.firstSentAt > LONG_MS);
  if (waiting.length > 0) {
    count("messagesWaitingLong", waiting.length);
    const since = new Date(Math.min(...waiting.map(({ copy }) => copy.firstSentAt))).toISOString();
    const why = [...new Set(waiting.map(({ one }) => one.reason ?? "its turn"))].slice(0, MOST_REASONS);
    log.warn("messages have waited for more than an hour", { messages: waiting.length, since, why });
  }
  const { taken, refused } = await send(again.map(({ copy }) => copy));
  if (taken.size > 0) count("messagesSentAgain", taken.size);
  if (refused.size > 0) {
    // The originals stay on the queue, so nothing is lost; they come back after the visibility timeout.
    log.warn("messages could not be sent again", { messages: refused.size, why: [...new Set(refused.values())] });
    for (const [id, why] of refused)
      reasons.set(id, `${reasons.get(id) ?? "it waits"}; could not be sent again: ${why}`);
  }
  return taken;
}

/**
 * Puts what is given up or failed for the last time on the dead-letter queue, with the reason; returns what the queue
 * took.
 */
async function bury(
  failed: readonly SQSRecord[],
  { givenUp, reasons }: { readonly givenUp: ReadonlySet<string>; readonly reasons: ReadonlyMap<string, string> },
  { log, count, deadLetters, waitMs }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (deadLetters === undefined) return new Set();
  const letters = failed.flatMap((record) => {
    const { messageId, receiveCount, firstSentAt, part } = envelopeOf(record, waitMs);
    if (receiveCount < deadLetters.attempts && !givenUp.has(messageId)) return [];
    const reason = reasons.get(messageId) ?? "was not handled in time";
    const what = { ...ownWordOf(record), ...(part !== undefined && { part }) };
    return [{ messageId, body: record.body, reason, firstSentAt, ...what }];
  });
  if (letters.length === 0) return new Set();
  const { taken, refused } = await deadLetters.send(letters);
  if (taken.size > 0) count("messagesDead", taken.size);
  for (const { messageId, reason } of letters) {
    if (taken.has(messageId)) log.error("message is dead", { messageId, reason });
  }
  if (refused.size > 0) {
    // They go back, and so it is the queue itself that moves them.
    const why = [...new Set(refused.values())];
    log.warn("dead letters could not be sent with their reason", { messages: refused.size, why });
  }
  return taken;
}
