import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { lazily } from "../../core/lazily.ts";
import { sendCountOf, type MessageCopy, type MessageSettlement, type SqsBatchDeps } from "./messages.ts";

export type { MessageCopy, MessageSettlement, SqsBatchDeps };

/** What a message body turned out to be. */
export type ParsedMessage<Message> =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "ignored"; readonly reason: string };

/** Reads a message's body; a promise only where something has to be loaded for it. Throws, or rejects, where it can't. */
export type ParseMessage<Message> = (
  body: string,
  envelope: MessageEnvelope,
) => ParsedMessage<Message> | Promise<ParsedMessage<Message>>;

/** What SQS says of a message beside its body. */
export interface MessageEnvelope {
  readonly messageId: string;
  /** How often we have sent this message again; 0 the first time. */
  readonly sendCount: number;
  /** How often the queue has delivered it; 1 the first time. */
  readonly receiveCount: number;
}

/** How long is left for this invocation. */
export interface InvocationDeadline {
  remainingMs(): number;
}

const MAX_REASON_LENGTH = 300;

/** Needed where not all messages are acknowledged. */
export const unsettled = lazily(() => import("./unsettled.ts"));

/**
 * Gives the use case the whole batch, because one tag call spans many messages, and turns its settlements into
 * partial batch failures. A message is acknowledged only where something says so: a body that can't be read, a message
 * without settlement and a copy that the queue didn't take are all redelivered, the first of them until the queue's
 * redrive policy moves it to the dead-letter queue.
 */
export function sqsBatch<Message>(
  parse: ParseMessage<Message>,
  useCase: (messages: readonly Message[], deadline: InvocationDeadline) => Promise<readonly MessageSettlement[]>,
  deps: SqsBatchDeps,
): (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse> {
  return async ({ Records: records }, context) => {
    const acknowledged = new Set<string>();
    const reasons = new Map<string, string>();
    const messages: Message[] = [];
    for (const record of records) {
      const reading = readMessage(record, parse, deps);
      const parsed = reading instanceof Promise ? await reading : reading;
      if (parsed.kind === "message") messages.push(parsed.message);
      if (parsed.kind === "ignored") acknowledged.add(record.messageId);
      if (parsed.kind === "unreadable") reasons.set(record.messageId, `can't be read: ${parsed.reason}`);
    }
    if (acknowledged.size > 0) deps.count("messagesIgnored", acknowledged.size);

    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() };
    const settlements = messages.length === 0 ? [] : await useCase(messages, deadline);
    for (const settlement of settlements) {
      const { messageId, action } = settlement;
      if (action === "acknowledge") acknowledged.add(messageId);
      if (action === "redeliver" && settlement.reason !== undefined) reasons.set(messageId, settlement.reason);
    }
    if (records.every(({ messageId }) => acknowledged.has(messageId))) return { batchItemFailures: [] };

    const { bury, sendAgain } = await unsettled();
    for (const messageId of await sendAgain(records, settlements, deps)) acknowledged.add(messageId);
    const failed = records.filter(({ messageId }) => !acknowledged.has(messageId));
    const buried = await bury(failed, reasons, deps);
    const failures = new Set(failed.map(({ messageId }) => messageId).filter((id) => !buried.has(id)));
    if (failures.size > 0) deps.count("messagesRedelivered", failures.size);
    return { batchItemFailures: [...failures].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

type ReadMessage<Message> = ParsedMessage<Message> | { readonly kind: "unreadable"; readonly reason: string };

function readMessage<Message>(
  record: SQSRecord,
  parse: ParseMessage<Message>,
  deps: SqsBatchDeps,
): ReadMessage<Message> | Promise<ReadMessage<Message>> {
  const { messageId } = record;
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const noted = (parsed: ParsedMessage<Message>): ParsedMessage<Message> => {
    if (parsed.kind === "ignored") deps.log.debug("message ignored", { messageId, reason: parsed.reason });
    return parsed;
  };
  const unreadable = (error: unknown) => noteUnreadable(record, error, deps);
  try {
    const parsed = parse(record.body, { messageId, sendCount: sendCountOf(record), receiveCount });
    return parsed instanceof Promise ? parsed.then(noted).catch(unreadable) : noted(parsed);
  } catch (error) {
    return unreadable(error);
  }
}

function noteUnreadable(
  { messageId, body, attributes }: SQSRecord,
  error: unknown,
  { log, count }: SqsBatchDeps,
): ReadMessage<never> {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_LENGTH);
  log.error("message can't be read", { messageId, receiveCount, bytes: Buffer.byteLength(body), reason });
  count("messagesUnreadable", 1);
  return { kind: "unreadable", reason };
}
