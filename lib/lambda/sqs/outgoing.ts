import type { SQSClient } from "@aws-sdk/client-sqs";
import type { MessagePart } from "../../app/ports/messages.ts";
import { POSTPONED } from "../../app/ports/store-records.ts";
import { SENDER } from "../../core/config/sender.ts";
import { MOST_MESSAGE_BYTES } from "../../core/queue-text.ts";
import { sendMessages, sizeOf, type Sent } from "../../sinks/sqs/send.ts";
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

/** Characters of an attribute, each of at most three bytes; those beyond the basic plane are not let in. */
const MOST_TEXT = 1_000;
const MOST_BYTES_OF_A_CHARACTER = 3;
/** Kept free for the name and the type of an attribute. */
const NAME_CHARACTERS = 4;

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
    await sendMessages(client, queueUrl, letters, (letter) => ({ MessageAttributes: besideLetter(letter, failedIn) })),
  );
}

/**
 * What goes beside a letter, the reason first, as far as there is room: it may be a letter for just that, since with what
 * stands beside a copy it was longer than a message may be.
 */
function besideLetter(
  { messageId, body, reason, firstSentAt, ...own }: DeadLetter,
  failedIn: string,
): Record<string, Attribute> {
  const beside = ownAttributes(own);
  let room = MOST_MESSAGE_BYTES - sizeOf({ MessageBody: body, MessageAttributes: beside });
  const wanted = {
    reason: text(reason.slice(0, Math.max(0, Math.floor(room / MOST_BYTES_OF_A_CHARACTER) - NAME_CHARACTERS))),
    firstSentAt: numberAttribute(firstSentAt),
    failedIn: text(failedIn),
    firstMessageId: text(messageId),
  };
  for (const [name, attribute] of Object.entries(wanted)) {
    const size = sizeOf({ MessageAttributes: { [name]: attribute } });
    if (size > room) continue;
    beside[name] = attribute;
    room -= size;
  }
  return beside;
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
    ...ownAttributes({ ...own, ...(part !== undefined && { part }) }),
  };
}

/** What goes with a message wherever it goes. */
export function ownAttributes({
  postponed,
  sender,
  part,
}: OwnWord & Pick<MessageCopy, "part">): Record<string, Attribute> {
  return {
    ...(part !== undefined && { [PART]: { DataType: "String", StringValue: partText(part) } }),
    ...(postponed !== undefined && { [POSTPONED]: { DataType: "String", StringValue: postponed } }),
    ...(sender !== undefined && { [SENDER]: { DataType: "String", StringValue: sender } }),
  };
}

function partText({ from, to, of }: MessagePart): string {
  return of === undefined ? `${from}-${to}` : `${from}-${to}/${of}`;
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
  const clean = value.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?").slice(0, MOST_TEXT);
  return { DataType: "String", StringValue: clean === "" ? "-" : clean };
}
