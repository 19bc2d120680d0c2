import type { SQSRecord } from "aws-lambda";
import { SENDER } from "../../core/config/sender.ts";
import type { Log } from "../../app/ports/invocation.ts";
import {
  LONGEST_DELAY_SECONDS,
  type ComeBackDeps,
  type ComingMessage,
  type MessagePart,
} from "../../app/ports/messages.ts";
import { POSTPONED } from "../../app/ports/store-records.ts";

/**
 * What our functions say of a message, on attributes that nobody else can set: neither EventBridge, SNS nor what our
 * webhook takes in puts attributes on the queue. It goes with the message wherever it goes.
 */
export interface OwnWord {
  /** The kind of the record that one of our functions has put into it; absent = an event, or whatever else came. */
  readonly postponed?: string;
  /** Who brought it, as the configuration calls them; absent where a rule of EventBridge did, or a person by hand. */
  readonly sender?: string;
}

/** What SQS says of a message beside its body. Times are milliseconds since the epoch. */
export interface MessageEnvelope extends ComingMessage, OwnWord {
  /** How often the queue has delivered it; 1 the first time. */
  readonly receiveCount: number;
  /** When the first of its copies was sent: so long it has been waiting. */
  readonly firstSentAt: number;
  readonly waitsUntil: number;
  /** Which part of what its body names it is about; absent = all of it. */
  readonly part?: MessagePart;
}

/** A copy to put on the queue. */
export interface MessageCopy extends OwnWord {
  readonly messageId: string;
  readonly body: string;
  readonly delaySeconds: number;
  readonly sendCount: number;
  /** Absent = it is about all that its body names. */
  readonly part?: MessagePart;
  readonly firstSentAt: number;
  /** From when its time counts; absent = from when the copy is received. */
  readonly countedFrom?: number;
}

/** A message that is given up. */
export interface DeadLetter extends OwnWord {
  readonly messageId: string;
  readonly body: string;
  /** Why, for whoever looks at the queue. */
  readonly reason: string;
  readonly firstSentAt: number;
  /** Absent = it is about all that its body names. */
  readonly part?: MessagePart;
}

/** What a queue took of some messages. */
export interface SentMessages {
  /** By message id. */
  readonly taken: ReadonlySet<string>;
  /** Why it didn't take the others, by message id. */
  readonly refused: ReadonlyMap<string, string>;
}

export interface DeadLetterQueue {
  /** How often a message is delivered, at most. */
  readonly attempts: number;
  readonly send: (letters: readonly DeadLetter[]) => Promise<SentMessages>;
}

export interface SqsBatchDeps extends ComeBackDeps {
  /** Rejects while nothing can be read or done, e.g. without settings: all messages come back. */
  readonly ready?: () => Promise<void>;
  readonly log: Log;
  readonly count: (metric: string, value: number) => void;
  /** For how long a message comes back before it is given up, in milliseconds. */
  readonly waitMs: number;
  /** Puts copies on the queue. Without it what has to come back goes back. */
  readonly sendAgain?: (copies: readonly MessageCopy[]) => Promise<SentMessages>;
  /** Where a message goes that is given up, or fails on its last delivery. Without it the queue's redrive policy does it. */
  readonly deadLetters?: DeadLetterQueue;
}

/**
 * The attributes of our copies: what a copy knows that the queue does not, as it begins with an age and a receive count
 * of its own. Nobody else can set them: neither EventBridge, SNS nor our webhook puts attributes on the queue.
 */
export const SEND_COUNT = "sendCount";
export const FIRST_SENT_AT = "firstSentAt";
export const COUNTED_FROM = "countedFrom";
export const PART = "part";

export function envelopeOf(record: SQSRecord, waitMs: number): MessageEnvelope {
  const { messageId, attributes } = record;
  return {
    messageId,
    sendCount: numberOf(record, SEND_COUNT) ?? 0,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    firstSentAt: firstSentOf(record),
    waitsUntil: countedFromOf(record) + waitMs,
    ...saidBeside(record),
  };
}

/**
 * The copy that is sent in place of a message. Of one whose wait is expected the time counts anew, and so it does of a
 * dead letter that a person sends back: it has no `countedFrom`.
 */
export function copyOf(
  record: SQSRecord,
  { delaySeconds, isExpected = false }: { readonly delaySeconds: number; readonly isExpected?: boolean },
): MessageCopy {
  const { messageId, body } = record;
  return {
    messageId,
    body,
    delaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delaySeconds))),
    sendCount: (numberOf(record, SEND_COUNT) ?? 0) + 1,
    firstSentAt: firstSentOf(record),
    ...(!isExpected && { countedFrom: countedFromOf(record) }),
    ...saidBeside(record),
  };
}

const NOTHING = {};

function saidBeside(record: SQSRecord): OwnWord & Pick<MessageEnvelope, "part"> {
  // As most messages are.
  if (Object.keys(record.messageAttributes).length === 0) return NOTHING;
  return { ...partIn(record), ...ownWordOf(record) };
}

/** Which part of what its body names a message is about; empty = all of it. */
function partIn({ messageAttributes }: SQSRecord): { readonly part?: MessagePart } {
  const said = messageAttributes[PART]?.stringValue ?? "";
  const [, from, to, of] = /^(\d{1,9})-(\d{1,9})(?:\/(\d{1,9}))?$/.exec(said) ?? [];
  const part = { from: Number(from), to: Number(to), ...(of !== undefined && { of: Number(of) }) };
  return part.from < part.to ? { part } : {};
}

export function ownWordOf({ messageAttributes }: SQSRecord): OwnWord {
  const postponed = messageAttributes[POSTPONED]?.stringValue;
  const sender = messageAttributes[SENDER]?.stringValue;
  return { ...(postponed !== undefined && { postponed }), ...(sender !== undefined && { sender }) };
}

function sentAtOf({ attributes }: SQSRecord): number {
  return Number(attributes.SentTimestamp);
}

/** Never later than the message itself was sent. */
function firstSentOf(record: SQSRecord): number {
  const sentAt = sentAtOf(record);
  return Math.min(numberOf(record, FIRST_SENT_AT) ?? sentAt, sentAt);
}

/** From its first receive on: what it waited in the queue for that costs it none of its time. */
function countedFromOf(record: SQSRecord): number {
  const sentAt = sentAtOf(record);
  const said = numberOf(record, COUNTED_FROM);
  if (said !== undefined && said <= sentAt) return said;
  return Math.max(sentAt, Number(record.attributes.ApproximateFirstReceiveTimestamp));
}

function numberOf({ messageAttributes }: SQSRecord, name: string): number | undefined {
  const value = Number(messageAttributes[name]?.stringValue);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
