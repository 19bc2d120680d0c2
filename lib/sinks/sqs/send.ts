import type { SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import { queueText } from "../../core/queue-text.ts";

/** SendMessageBatch takes 10 messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_CALL = 10;
/** Below every limit that SQS has had on the sum of a batch; one body above it travels alone. */
const BYTES_PER_CALL = 262_144;

interface Body {
  readonly body: string;
}

/** What a queue said of one call. */
export interface SentGroup<Message> {
  readonly taken: readonly Message[];
  /** Why the others were not. */
  readonly refusals: readonly string[];
}

/**
 * Puts messages on a queue in their order, as many to a call as SQS takes, and yields what each call came to. Throws what
 * the SDK throws. `more`: what goes beside the body, such as a delay.
 */
export async function* sendInGroups<Message extends Body>(
  client: () => Promise<SQSClient>,
  QueueUrl: string,
  messages: readonly Message[],
  more: (message: Message) => Omit<SendMessageBatchRequestEntry, "Id" | "MessageBody"> = () => ({}),
): AsyncGenerator<SentGroup<Message>> {
  const [sqs, { SendMessageBatchCommand }] = await Promise.all([client(), import("@aws-sdk/client-sqs")]);
  for (const group of groupForSqs(messages)) {
    const Entries = group.map((one, index) => ({ Id: String(index), MessageBody: one.body, ...more(one) }));
    const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    yield {
      taken: Successful.flatMap(({ Id }) => group[Number(Id)] ?? []),
      refusals: Failed.map(({ Code, Message: said = "" }) => `${Code} ${said}`),
    };
  }
}

/** Puts messages, each of them JSON, on a queue. Throws where one was not taken; then others may have been. */
export async function sendAll(
  client: () => Promise<SQSClient>,
  queueUrl: string,
  bodies: readonly string[],
  more: Pick<SendMessageBatchRequestEntry, "MessageAttributes"> = {},
) {
  const messages = bodies.map((body) => ({ body: queueText(body) }));
  for await (const { refusals } of sendInGroups(client, queueUrl, messages, () => more)) {
    if (refusals[0] !== undefined) throw new Error(`SQS didn't take a message: ${refusals[0]}`);
  }
}

function groupForSqs<Message extends Body>(messages: readonly Message[]): Message[][] {
  const groups: Message[][] = [];
  let group: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
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
