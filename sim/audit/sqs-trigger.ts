import type { Context, SQSEvent } from "aws-lambda";
import type { DeadLetterQueue, SentMessages, SqsBatchDeps } from "../../lib/lambda/sqs/messages.ts";
import { remainingMs } from "../container.ts";
import type { Queue } from "../queue.ts";
import type { Remote } from "../remote.ts";
import { noneOf, recordOf } from "../sqs-record.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditTask } from "./task.ts";

/** A queue as a function reaches it: over a network. */
interface Reach {
  readonly remoteQueue: Remote;
  /** How often a call fails. */
  readonly store: number;
}

/** Puts copies of messages back on their queue. */
export function sendAgain(
  queue: Queue<string>,
  { remoteQueue: remote, store }: Reach,
): NonNullable<SqsBatchDeps["sendAgain"]> {
  return (copies) =>
    remote(store, () => {
      for (const copy of copies) queue.send(copy.body, { delayMs: copy.delaySeconds * 1_000, copy });
      return allOf(copies);
    }).catch((error: unknown) => noneOf(copies, error));
}

/** Where messages go that fail for the last time. */
export function deadLetters(
  queue: Queue<string>,
  attempts: number,
  { remoteQueue: remote, store }: Reach,
): DeadLetterQueue {
  return {
    attempts,
    send: (letters) =>
      remote(store, () => {
        for (const { messageId, reason } of letters) queue.bury(messageId, reason);
        return allOf(letters);
      }).catch((error: unknown) => noneOf(letters, error)),
  };
}

function allOf(messages: readonly { readonly messageId: string }[]): SentMessages {
  return { taken: new Set(messages.map(({ messageId }) => messageId)), refused: new Map() };
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
    const { batchItemFailures } = await handler({ Records: [recordOf(task)] }, context);
    const { messageId } = task;
    if (batchItemFailures.every(({ itemIdentifier }) => itemIdentifier !== messageId)) queue.delete(messageId);
  };
}
