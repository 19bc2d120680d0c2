import type { MessageAttributeValue, SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import { messageOf } from "../../core/errors.ts";
import { queueText } from "../../core/queue-text.ts";

/** SendMessageBatch takes 10 messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_CALL = 10;
/** Below every limit that SQS has had on the sum of a batch; a message above it travels alone. */
const BYTES_PER_CALL = 262_144;
/** How often what SQS didn't take is sent, where nothing else would send it again. */
const ATTEMPTS = 3;

interface Body {
  readonly body: string;
}

type Entry = Omit<SendMessageBatchRequestEntry, "Id">;

/** A message that a queue did not take, and why. */
export interface Refusal<Message> {
  readonly message: Message;
  readonly reason: string;
}

/** What a queue said: each message is in one of them, once. */
export interface Sent<Message> {
  readonly taken: readonly Message[];
  readonly refused: readonly Refusal<Message>[];
}

/**
 * Puts messages on a queue in their order, as many to a call as SQS takes. Where a call fails, what went before it is
 * taken and what comes after it isn't tried; only a batch that is refused for its size is sent in halves. So it never
 * throws what the SDK throws: whoever sends the refused ones again sends nothing twice, unless an answer was lost.
 * `more`: what goes beside the body, such as a delay.
 */
export async function sendMessages<Message extends Body>(
  client: () => Promise<SQSClient>,
  QueueUrl: string,
  messages: readonly Message[],
  more: (message: Message) => Omit<Entry, "MessageBody"> = () => ({}),
): Promise<Sent<Message>> {
  const taken: Message[] = [];
  const refused: Refusal<Message>[] = [];
  const groups = groupForSqs(
    messages.map((message) => ({ message, entry: { MessageBody: message.body, ...more(message) } })),
  );
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    try {
      const [sqs, { SendMessageBatchCommand }] = await Promise.all([client(), import("@aws-sdk/client-sqs")]);
      const Entries = group.map(({ entry }, index) => ({ Id: String(index), ...entry }));
      const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const reasons = new Map(Failed.map(({ Id, Code, Message: said = "" }) => [Id, `${Code} ${said}`.trim()]));
      const accepted = new Set(Successful.map(({ Id }) => Id));
      group.forEach(({ message }, index) => {
        if (accepted.has(String(index))) taken.push(message);
        else refused.push({ message, reason: reasons.get(String(index)) ?? "SQS said nothing of it" });
      });
    } catch (error) {
      const half = Math.ceil(group.length / 2);
      if (group.length > 1 && isTooLong(error)) groups.unshift(group.slice(0, half), group.slice(half));
      else {
        const rest = isTooLong(error) ? [] : groups.splice(0).flat();
        for (const { message } of [...group, ...rest]) refused.push({ message, reason: messageOf(error) });
      }
    }
  }
  return { taken, refused };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html#API_SendMessageBatch_Errors */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.name.endsWith("BatchRequestTooLong");
}

/**
 * Puts messages, each of them JSON, on a queue. What wasn't taken is sent again some times, and nothing else is. Throws
 * where one was not taken all the same; then others have been.
 */
export async function sendAll(
  client: () => Promise<SQSClient>,
  queueUrl: string,
  bodies: readonly string[],
  more: Pick<Entry, "MessageAttributes"> = {},
) {
  let left: readonly Body[] = bodies.map((body) => ({ body: queueText(body) }));
  let reason = "";
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt += 1) {
    const { refused } = await sendMessages(client, queueUrl, left, () => more);
    left = refused.map(({ message }) => message);
    reason = refused[0]?.reason ?? "";
  }
  if (left.length > 0) throw new Error(`SQS didn't take a message: ${reason}`);
}

interface Sized<Message> {
  readonly message: Message;
  readonly entry: Entry;
}

function groupForSqs<Message>(messages: readonly Sized<Message>[]): Sized<Message>[][] {
  const groups: Sized<Message>[][] = [];
  let group: Sized<Message>[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message.entry);
    if (group.length > 0 && (group.length === MESSAGES_PER_CALL || bytes + size > BYTES_PER_CALL)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(message);
    bytes += size;
  }
  return group.length === 0 ? groups : [...groups, group];
}

/**
 * What SQS counts: the body, and of each attribute its name, type and value.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function sizeOf({ MessageBody = "", MessageAttributes = {} }: Partial<Entry>): number {
  let bytes = Buffer.byteLength(MessageBody);
  for (const [name, { DataType = "", StringValue = "" }] of Object.entries<MessageAttributeValue>(MessageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue);
  }
  return bytes;
}
