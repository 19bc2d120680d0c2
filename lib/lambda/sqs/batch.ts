import { messageOf } from "../../core/errors.ts";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { LONGEST_DELAY_SECONDS, type MessageAction, type MessagePart } from "../../app/ports/messages.ts";
import { partOf, sendCountOf, type MessageCopy, type SqsBatchDeps } from "./messages.ts";

export type { MessageCopy, SqsBatchDeps };

/** What a message body turned out to be. */
export type ParsedMessage<Message> =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "ignored"; readonly reason: string };

/** Reads a message's body. Rejects where it can't. */
export type ParseMessage<Message> = (body: string, envelope: MessageEnvelope) => Promise<ParsedMessage<Message>>;

/** What SQS says of a message beside its body. */
export interface MessageEnvelope {
  readonly messageId: string;
  /** How often we have sent this message again; 0 the first time. */
  readonly sendCount: number;
  /** How often the queue has delivered it; 1 the first time. */
  readonly receiveCount: number;
  /** Which part of what its body names it is about; absent = all of it. */
  readonly part?: MessagePart;
}

/** How long is left for this invocation. */
export interface InvocationDeadline {
  remainingMs(): number;
}

const MAX_REASON_LENGTH = 300;

/**
 * Delays double up to 15 minutes, so a message that is sent for the twelfth time has waited for about an hour. It goes
 * on waiting; a copy begins with an age and a receive count of its own, so that only this count shows it.
 */
const LONG_WAIT_SENDS = 12;

/**
 * Gives the use case the whole batch, because one tag call spans many messages, and turns its actions into
 * partial batch failures. A message is acknowledged only where something says so: a body that can't be read, a message
 * without an action and a copy that the queue didn't take are all redelivered, the first of them until the queue's
 * redrive policy moves it to the dead-letter queue.
 */
export function sqsBatch<Message>(
  parse: ParseMessage<Message>,
  useCase: (messages: readonly Message[], deadline: InvocationDeadline) => Promise<readonly MessageAction[]>,
  deps: SqsBatchDeps,
): (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse> {
  return async ({ Records: records }, context) => {
    const acknowledged = new Set<string>();
    const reasons = new Map<string, string>();
    const messages: Message[] = [];
    for (const record of records) {
      const parsed = await readMessage(record, parse, deps);
      if (parsed.kind === "message") messages.push(parsed.message);
      if (parsed.kind === "ignored") acknowledged.add(record.messageId);
      if (parsed.kind === "unreadable") reasons.set(record.messageId, `can't be read: ${parsed.reason}`);
    }
    if (acknowledged.size > 0) deps.count("messagesIgnored", acknowledged.size);

    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() };
    const actions = messages.length === 0 ? [] : await useCase(messages, deadline);
    for (const one of actions) {
      const { messageId, action } = one;
      if (action === "acknowledge") acknowledged.add(messageId);
      if (action === "redeliver" && one.reason !== undefined) reasons.set(messageId, one.reason);
    }
    if (records.every(({ messageId }) => acknowledged.has(messageId))) return { batchItemFailures: [] };

    for (const messageId of await sendAgain(records, actions, deps)) acknowledged.add(messageId);
    const failed = records.filter(({ messageId }) => !acknowledged.has(messageId));
    const buried = await bury(failed, reasons, deps);
    const failures = new Set(failed.map(({ messageId }) => messageId).filter((id) => !buried.has(id)));
    if (failures.size > 0) deps.count("messagesRedelivered", failures.size);
    return { batchItemFailures: [...failures].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

type ReadMessage<Message> = ParsedMessage<Message> | { readonly kind: "unreadable"; readonly reason: string };

async function readMessage<Message>(
  record: SQSRecord,
  parse: ParseMessage<Message>,
  { log, count }: SqsBatchDeps,
): Promise<ReadMessage<Message>> {
  const { messageId, body } = record;
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  try {
    const part = partOf(record);
    const envelope = { messageId, sendCount: sendCountOf(record), receiveCount, ...(part !== undefined && { part }) };
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

/** Sends the copies and returns the originals that are now safe to acknowledge. */
async function sendAgain(
  records: readonly SQSRecord[],
  actions: readonly MessageAction[],
  { log, count, sendAgain: send }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (actions.every(({ action }) => action !== "send-again")) return new Set();
  const byId = new Map(records.map((record) => [record.messageId, record]));
  const copies = actions.flatMap((one): MessageCopy[] => {
    const record = byId.get(one.messageId);
    if (one.action !== "send-again" || record === undefined) return [];
    const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(one.delaySeconds)));
    const { messageId, body } = record;
    // What comes back in parts has got smaller: it is no message that waits and waits.
    if (one.parts !== undefined)
      return one.parts.map((part) => ({ messageId, body, delaySeconds, sendCount: 0, part }));
    const part = partOf(record);
    const sendCount = sendCountOf(record) + 1;
    return [{ messageId, body, delaySeconds, sendCount, ...(part !== undefined && { part }) }];
  });
  if (copies.length === 0 || send === undefined) return new Set();
  const expected = new Set(actions.flatMap((one) => ("isExpected" in one ? one.messageId : [])));
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
async function bury(
  failed: readonly SQSRecord[],
  reasons: ReadonlyMap<string, string>,
  { log, count, deadLetters }: SqsBatchDeps,
): Promise<ReadonlySet<string>> {
  if (deadLetters === undefined) return new Set();
  const letters = failed
    .filter(({ attributes }) => Number(attributes.ApproximateReceiveCount) >= deadLetters.attempts)
    .map(({ messageId, body }) => ({ messageId, body, reason: reasons.get(messageId) ?? "was not handled in time" }));
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
