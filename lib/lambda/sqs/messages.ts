import type { SQSRecord } from "aws-lambda";
import type { MessagePart } from "../../app/ports/messages.ts";
import type { Log } from "../../app/ports/invocation.ts";

/** A copy to put on the queue. */
export interface MessageCopy {
  readonly messageId: string;
  readonly body: string;
  readonly delaySeconds: number;
  readonly sendCount: number;
  /** Absent = it is about all that its body names. */
  readonly part?: MessagePart;
}

/** A message that failed on its last delivery. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** Why it failed, for whoever looks at the queue. */
  readonly reason: string;
}

export interface DeadLetterQueue {
  /** How often a message is delivered, at most. */
  readonly attempts: number;
  /** Returns the ids of the messages that the queue took. */
  readonly send: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<string>>;
}

export interface SqsBatchDeps {
  readonly log: Log;
  readonly count: (metric: string, value: number) => void;
  /** Puts copies on the queue and returns the ids whose copy was accepted. */
  readonly sendAgain?: (copies: readonly MessageCopy[]) => Promise<ReadonlySet<string>>;
  /** Where a message goes that fails on its last delivery. Without it the queue's redrive policy does it. */
  readonly deadLetters?: DeadLetterQueue;
}

/** Which part of what its body names a message is about; undefined = all of it. */
export function partOf({ messageAttributes }: SQSRecord): MessagePart | undefined {
  const [, from, to] = /^(\d{1,9})-(\d{1,9})$/.exec(messageAttributes["part"]?.stringValue ?? "") ?? [];
  const part = { from: Number(from), to: Number(to) };
  return part.from < part.to ? part : undefined;
}

/** How often we have sent this message again. */
export function sendCountOf(record: SQSRecord): number {
  const count = Number(record.messageAttributes["sendCount"]?.stringValue ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
