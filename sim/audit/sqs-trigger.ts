import type { Context, SQSEvent } from "aws-lambda";
import type { SqsBatchDeps } from "../../lib/lambda/sqs/batch.ts";
import type { DeadLetterQueue } from "../../lib/lambda/sqs/messages.ts";
import { remainingMs } from "../container.ts";
import type { Queue } from "../queue.ts";
import type { Remote } from "../remote.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditTask } from "./task.ts";

/** A queue as a function reaches it: over a network. */
interface Reach {
  readonly remote: Remote;
  /** How often a call fails. */
  readonly store: number;
}

/** Puts copies of messages back on their queue. */
export function sendAgain(queue: Queue<string>, { remote, store }: Reach): NonNullable<SqsBatchDeps["sendAgain"]> {
  return (copies) =>
    remote(store, () => {
      for (const { body, delaySeconds, sendCount } of copies) {
        queue.send(body, { delayMs: delaySeconds * 1_000, sendCount });
      }
      return new Set(copies.map(({ messageId }) => messageId));
    });
}

/** Where messages go that fail for the last time. */
export function deadLetters(queue: Queue<string>, attempts: number, { remote, store }: Reach): DeadLetterQueue {
  return {
    attempts,
    send: (letters) =>
      remote(store, () => {
        for (const { messageId } of letters) queue.bury(messageId);
        return new Set(letters.map(({ messageId }) => messageId));
      }),
  };
}

type Handler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }>;

/** What Lambda does with a batch of one message: it deletes what didn't fail. */
export function sqsTrigger(
  handler: Handler,
  { queue, timeoutMs }: { readonly queue: Queue<string>; readonly timeoutMs: number },
  { scheduler }: AuditSimulation,
) {
  return async (task: AuditTask): Promise<void> => {
    const context = { getRemainingTimeInMillis: () => remainingMs(task, scheduler.now(), timeoutMs) };
    const { batchItemFailures } = await handler(eventOf(task), context);
    const { messageId } = task;
    if (batchItemFailures.every(({ itemIdentifier }) => itemIdentifier !== messageId)) queue.delete(messageId);
  };
}

function eventOf({ messageId, body, receiveCount }: AuditTask): SQSEvent {
  const record = {
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: "0",
      SenderId: "sim",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:audit",
    awsRegion: "us-east-1",
  };
  return { Records: [record] };
}
