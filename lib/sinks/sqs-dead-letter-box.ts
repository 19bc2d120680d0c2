import type { MessageAttributeValue, SQSClient } from "@aws-sdk/client-sqs";

/** A message on a dead-letter queue, as a person looks at it. */
export interface LyingLetter {
  readonly messageId: string;
  readonly body: string;
  /** Texts of its attributes, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  /** When it was put on this queue or the one before, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly receiptHandle: string;
}

export interface DeadLetterBox {
  /**
   * At most `limit` letters. They stay on the queue, and nobody else sees them for `hiddenSeconds`. SQS gives them in
   * no order and may need several requests to give them all.
   */
  look(limit: number): Promise<readonly LyingLetter[]>;
  /** Puts a letter back on the queue that it comes from, as a new message, and then takes it off this one. */
  redrive(letter: LyingLetter): Promise<void>;
}

export interface DeadLetterBoxOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly deadLettersUrl: string;
  readonly queueUrl: string;
  readonly hiddenSeconds: number;
}

/** Requests in a row that bring nothing new before the queue counts as seen: each asks a part of SQS's servers. */
const EMPTY_LOOKS = 3;

/** The dead letters of one queue. Throws what the SDK throws. */
export function sqsDeadLetterBox({
  client,
  deadLettersUrl,
  queueUrl,
  hiddenSeconds,
}: DeadLetterBoxOptions): DeadLetterBox {
  const open = async () => ({ sqs: await client(), sdk: await import("@aws-sdk/client-sqs") });
  return {
    async look(limit) {
      const { sqs, sdk } = await open();
      const letters = new Map<string, LyingLetter>();
      for (let empty = 0; empty < EMPTY_LOOKS && letters.size < limit;) {
        const before = letters.size;
        const { Messages = [] } = await sqs.send(
          new sdk.ReceiveMessageCommand({
            QueueUrl: deadLettersUrl,
            MaxNumberOfMessages: Math.min(10, limit - letters.size),
            VisibilityTimeout: hiddenSeconds,
            MessageAttributeNames: ["All"],
            MessageSystemAttributeNames: ["SentTimestamp"],
          }),
        );
        for (const { MessageId: messageId = "", Body: body = "", ReceiptHandle = "", ...rest } of Messages) {
          const sentAt = Number(rest.Attributes?.SentTimestamp ?? 0);
          const attributes = textsOf(rest.MessageAttributes);
          letters.set(messageId, { messageId, body, attributes, sentAt, receiptHandle: ReceiptHandle });
        }
        empty = letters.size > before ? 0 : empty + 1;
      }
      return [...letters.values()];
    },
    async redrive({ body, receiptHandle }) {
      const { sqs, sdk } = await open();
      await sqs.send(new sdk.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
      // Only now: whoever stops in between leaves two copies, and enforcing one event twice does no harm.
      await sqs.send(new sdk.DeleteMessageCommand({ QueueUrl: deadLettersUrl, ReceiptHandle: receiptHandle }));
    },
  };
}

function textsOf(attributes: Readonly<Record<string, MessageAttributeValue>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(attributes).map(([name, { StringValue: value = "" }]) => [name, value]));
}
