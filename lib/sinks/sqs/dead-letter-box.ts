import type { MessageAttributeValue, SQSClient } from "@aws-sdk/client-sqs";
import { chunksOf } from "../../core/chunks.ts";
import { POSTPONED } from "../../app/ports/store-records.ts";
import { SENDER } from "../../core/config/sender.ts";

/** A message on a dead-letter queue, as a person looks at it. */
export interface LyingLetter {
  readonly messageId: string;
  readonly body: string;
  /** Texts of its attributes, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  /** When it was put on this queue or the one before, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** When it, or the message that it is a copy of, was sent for the first time, in milliseconds since the epoch. */
  readonly firstSentAt: number;
  readonly receiptHandle: string;
}

export interface DeadLetterBox {
  /**
   * At most `limit` letters. They stay on the queue, and nobody else sees them for `hiddenSeconds`, or until they are
   * put back. SQS gives them in no order and may need several requests to give them all; none is sent after an abort.
   */
  look(limit: number, signal?: AbortSignal): Promise<readonly LyingLetter[]>;
  /**
   * Puts a letter back on the queue that it comes from, as a new message, and then takes it off this one. It says since
   * when it waits, and has all of its time again.
   */
  redrive(letter: LyingLetter): Promise<void>;
  /** Lets everybody see again what was looked at and not redriven. Answers how many letters stay hidden all the same. */
  putBack(): Promise<number>;
}

export interface DeadLetterBoxOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  /** For the queue that letters go back to, where that lies in another account or region. */
  readonly sendClient?: () => Promise<SQSClient>;
  readonly deadLettersUrl: string;
  readonly queueUrl: string;
  readonly hiddenSeconds: number;
  /**
   * In whose name letters go back, where it isn't our functions alone who may put messages on this queue: what stands
   * beside them in our words is then believed by nobody and goes no further.
   */
  readonly sender?: string;
}

/** The attributes by which functions tell since when a message waits, and what part: lib/lambda/sqs/messages.ts. */
const FIRST_SENT_AT = "firstSentAt";
const PART = "part";
/** Requests in a row that bring nothing new before the queue counts as seen: each asks a part of SQS's servers. */
const EMPTY_LOOKS = 3;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
const LETTERS_PER_CALL = 10;

/** The dead letters of one queue. Throws what the SDK throws. */
export function sqsDeadLetterBox({
  client,
  sendClient = client,
  deadLettersUrl,
  queueUrl,
  hiddenSeconds,
  sender,
}: DeadLetterBoxOptions): DeadLetterBox {
  const open = async () => ({ sqs: await client(), sdk: await import("@aws-sdk/client-sqs") });
  /** Receipt handles of letters that nobody else sees, by message id. */
  const hidden = new Map<string, string>();
  return {
    async look(limit, signal) {
      const { sqs, sdk } = await open();
      const letters = new Map<string, LyingLetter>();
      for (let empty = 0; empty < EMPTY_LOOKS && letters.size < limit;) {
        if (signal?.aborted === true) break;
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
          hidden.set(messageId, ReceiptHandle);
          const firstSentAt = sender === undefined ? firstSentOf(attributes, sentAt) : sentAt;
          letters.set(messageId, { messageId, body, attributes, sentAt, firstSentAt, receiptHandle: ReceiptHandle });
        }
        empty = letters.size > before ? 0 : empty + 1;
      }
      return [...letters.values()];
    },
    async redrive({ messageId, body, attributes, firstSentAt, receiptHandle }) {
      const { sqs, sdk } = await open();
      // What makes it one of ours, who brought it and which part it is about goes with it; why it is here doesn't.
      const told = sender === undefined ? attributes : new Map([[SENDER, sender]]);
      const own = [POSTPONED, SENDER, PART].flatMap((name) => {
        const StringValue = told.get(name);
        return StringValue === undefined ? [] : [[name, { DataType: "String", StringValue }] as const];
      });
      const MessageAttributes = {
        ...Object.fromEntries(own),
        [FIRST_SENT_AT]: { DataType: "Number", StringValue: String(firstSentAt) },
      };
      const again = new sdk.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes });
      await (await sendClient()).send(again);
      // Only now: whoever stops in between leaves two copies, and enforcing one event twice does no harm.
      await sqs.send(new sdk.DeleteMessageCommand({ QueueUrl: deadLettersUrl, ReceiptHandle: receiptHandle }));
      hidden.delete(messageId);
    },
    async putBack() {
      const { sqs, sdk } = await open();
      const handles = [...hidden.values()];
      hidden.clear();
      let staying = 0;
      for (const some of chunksOf(handles, LETTERS_PER_CALL)) {
        const Entries = some.map((ReceiptHandle, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        const { Failed = [] } = await sqs.send(
          new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLettersUrl, Entries }),
        );
        // The sender's fault can only be a handle that hides nothing any more.
        staying += Failed.filter(({ SenderFault }) => SenderFault !== true).length;
      }
      return staying;
    },
  };
}

function firstSentOf(attributes: ReadonlyMap<string, string>, sentAt: number): number {
  const said = Number(attributes.get(FIRST_SENT_AT));
  return Number.isSafeInteger(said) && said > 0 ? Math.min(said, sentAt) : sentAt;
}

function textsOf(attributes: Readonly<Record<string, MessageAttributeValue>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(attributes).map(([name, { StringValue: value = "" }]) => [name, value]));
}
