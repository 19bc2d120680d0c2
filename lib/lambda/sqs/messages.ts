import type { SQSRecord } from "aws-lambda";
import type { Log } from "../../app/ports/invocation.ts";
import { POSTPONED } from "../../sinks/sqs/postponed.ts";

/** A copy to put on the queue. */
export interface MessageCopy {
  readonly messageId: string;
  readonly body: string;
  readonly delaySeconds: number;
  readonly sendCount: number;
  /** As in its original: that one of our functions has made it. */
  readonly postponed?: string;
}

/** A message that failed on its last delivery. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** Why it failed, for whoever looks at the queue. */
  readonly reason: string;
  readonly postponed?: string;
}

export interface DeadLetterQueue {
  /** How often a message is delivered, at most. */
  readonly attempts: number;
  /** Returns the ids of the messages that the queue took. */
  readonly send: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<string>>;
}

export interface SqsBatchDeps {
  /** Rejects while nothing can be read or done, e.g. without settings. */
  readonly ready?: () => Promise<void>;
  readonly log: Log;
  readonly count: (metric: string, value: number) => void;
  /** Puts copies on the queue and returns the ids whose copy was accepted. */
  readonly sendAgain?: (copies: readonly MessageCopy[]) => Promise<ReadonlySet<string>>;
  /** Where a message goes that fails on its last delivery. Without it the queue's redrive policy does it. */
  readonly deadLetters?: DeadLetterQueue;
}

/** How often we have sent this message again. */
export function sendCountOf(record: SQSRecord): number {
  const count = Number(record.messageAttributes["sendCount"]?.stringValue ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** What only our functions put beside a body; it goes with the message wherever it goes. */
export function postponedIn(record: SQSRecord): { readonly postponed?: string } {
  const postponed = record.messageAttributes[POSTPONED]?.stringValue;
  return postponed === undefined ? {} : { postponed };
}
