import type { SQSClient } from "@aws-sdk/client-sqs";
import { POSTPONED } from "../../app/ports/store-records.ts";
import { SENDER } from "../../core/config/sender.ts";
import { sendMessages, type Sent } from "../../sinks/sqs/send.ts";
import {
  COUNTED_FROM,
  FIRST_SENT_AT,
  PART,
  SEND_COUNT,
  type DeadLetter,
  type MessageCopy,
  type OwnWord,
  type SentMessages,
} from "./messages.ts";

/** Where messages go. */
export interface Outgoing {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/**
 * A copy starts with a receive count of its own, so that waiting never brings a message nearer to the dead-letter
 * queue; its attributes say since when it waits.
 */
export async function sendCopies(
  { client, queueUrl }: Outgoing,
  copies: readonly MessageCopy[],
): Promise<SentMessages> {
  return byId(
    await sendMessages(client, queueUrl, copies, (copy) => ({
      DelaySeconds: copy.delaySeconds,
      MessageAttributes: attributesOf(copy),
    })),
  );
}

/** `failedIn`: the function, for whoever looks at the queue. */
export async function sendLetters(
  { client, queueUrl, failedIn }: Outgoing & { readonly failedIn: string },
  letters: readonly DeadLetter[],
): Promise<SentMessages> {
  return byId(
    await sendMessages(client, queueUrl, letters, ({ messageId, reason, firstSentAt, ...own }) => ({
      MessageAttributes: {
        ...ownAttributes(own),
        reason: text(reason),
        failedIn: text(failedIn),
        firstMessageId: text(messageId),
        firstSentAt: numberAttribute(firstSentAt),
      },
    })),
  );
}

interface Attribute {
  readonly DataType: "Number" | "String";
  readonly StringValue: string;
}

/** What stands beside the body of a copy. */
export function attributesOf({
  sendCount,
  firstSentAt,
  countedFrom,
  part,
  ...own
}: Omit<MessageCopy, "messageId" | "body" | "delaySeconds">): Record<string, Attribute> {
  return {
    [SEND_COUNT]: numberAttribute(sendCount),
    [FIRST_SENT_AT]: numberAttribute(firstSentAt),
    ...(countedFrom !== undefined && { [COUNTED_FROM]: numberAttribute(countedFrom) }),
    ...(part !== undefined && { [PART]: { DataType: "String", StringValue: `${part.from}-${part.to}` } }),
    ...ownAttributes(own),
  };
}

export function ownAttributes({ postponed, sender }: OwnWord): Record<string, Attribute> {
  return {
    ...(postponed !== undefined && { [POSTPONED]: { DataType: "String", StringValue: postponed } }),
    ...(sender !== undefined && { [SENDER]: { DataType: "String", StringValue: sender } }),
  };
}

function numberAttribute(value: number): Attribute {
  return { DataType: "Number", StringValue: String(value) };
}

function byId({ taken, refused }: Sent<{ readonly messageId: string }>): SentMessages {
  const missing = new Map(refused.map(({ message, reason }) => [message.messageId, reason]));
  // Of a message that is sent in parts, all must have been taken.
  const whole = taken.filter(({ messageId }) => !missing.has(messageId));
  return { taken: new Set(whole.map(({ messageId }) => messageId)), refused: missing };
}

/** An attribute must not be empty, nor hold control characters. */
function text(value: string): { DataType: "String"; StringValue: string } {
  const clean = value.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?").slice(0, 1000);
  return { DataType: "String", StringValue: clean === "" ? "-" : clean };
}
