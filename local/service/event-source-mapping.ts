import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { chunksOf } from "../../lib/core/chunks.ts";
import type { LocalFunction } from "./function-runtime.ts";
import type { QueueMapping } from "./serverless-file.ts";

/** ReceiveMessage and DeleteMessageBatch take 10 messages. */
const MESSAGES_PER_CALL = 10;
const LONG_POLL_SECONDS = 1;
const RETRY_MS = 200;

export interface EventSourceMapping {
  /** Messages received that have not ended yet, in batches that wait or run. */
  readonly inHand: number;
  /** Stops receiving and waits for the running invocations. What waited in a batch comes back after its timeout. */
  stop(): Promise<void>;
}

export interface MappingDeps {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  /**
   * Brings failed messages back after so many seconds instead of their visibility timeout, which nobody wants to wait
   * for on a laptop, and no longer gathers them for a batch. Each time counts as a receive all the same. At least 1.
   * By a client of its own: no function does that on AWS, so its role doesn't have to allow it.
   */
  readonly failedAgain?: { readonly afterSeconds: number; readonly sqs: SQSClient };
  /** Told of an invocation that failed as a whole; its messages come back after their visibility timeout. */
  readonly onFailure: (functionName: string, error: unknown) => void;
}

/**
 * Feeds a function from a queue as Lambda does: batches of up to `batchSize` that wait at most `windowSeconds` from
 * their first message, no more than `maximumConcurrency` invocations at a time. Messages that the function doesn't name
 * in `batchItemFailures` are deleted; the named ones stay invisible until their timeout and then come back or, by the
 * queue's own redrive policy, go to the dead-letter queue.
 */
export function startEventSourceMapping(
  mapping: QueueMapping,
  handler: LocalFunction,
  deps: MappingDeps,
): EventSourceMapping {
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let batch: Message[] = [];
  let deadline = Infinity;
  let invoked = 0;

  const dispatch = (): void => {
    const messages = batch;
    batch = [];
    deadline = Infinity;
    invoked += messages.length;
    const invocation = invokeWith(messages, mapping, handler, deps)
      .catch((error: unknown) => deps.onFailure(handler.name, error))
      .finally(() => {
        invoked -= messages.length;
        running.delete(invocation);
      });
    running.add(invocation);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (running.size >= mapping.maximumConcurrency) {
        await Promise.race(running);
        continue;
      }
      const leftMs = deadline - Date.now();
      if (batch.length > 0 && (batch.length >= mapping.batchSize || leftMs <= 0)) {
        dispatch();
        continue;
      }
      const received = await receive(mapping.batchSize - batch.length, leftMs, deps, stopping.signal);
      if (batch.length === 0 && received.length > 0) deadline = Date.now() + windowOf(received, mapping, deps) * 1000;
      batch.push(...received);
    }
  };

  const finished = loop();
  return {
    get inHand() {
      return batch.length + invoked;
    },
    stop: async () => {
      stopping.abort();
      await finished;
      await Promise.all(running);
    },
  };
}

/** How long a batch waits that begins with these messages. What failed before comes back all at once. */
function windowOf(first: readonly Message[], { windowSeconds }: QueueMapping, { failedAgain }: MappingDeps): number {
  const failedBefore = first.every(({ Attributes }) => Number(Attributes?.ApproximateReceiveCount) > 1);
  return failedBefore ? Math.min(windowSeconds, failedAgain?.afterSeconds ?? windowSeconds) : windowSeconds;
}

async function receive(
  room: number,
  leftMs: number,
  { sqs, queueUrl, onFailure }: MappingDeps,
  signal: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(MESSAGES_PER_CALL, room),
    // A long poll must not outlast the batching window.
    WaitTimeSeconds: leftMs > LONG_POLL_SECONDS * 1000 ? LONG_POLL_SECONDS : 0,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All"],
  });
  try {
    const { Messages: messages = [] } = await sqs.send(command, { abortSignal: signal });
    if (messages.length === 0 && leftMs <= LONG_POLL_SECONDS * 1000) await pause(Math.min(50, Math.max(0, leftMs)));
    return messages;
  } catch (error) {
    if (signal.aborted) return [];
    onFailure("receive", error);
    await pause(RETRY_MS);
    return [];
  }
}

async function invokeWith(
  messages: readonly Message[],
  mapping: QueueMapping,
  handler: LocalFunction,
  deps: MappingDeps,
): Promise<void> {
  const event: SQSEvent = { Records: messages.map((message) => toRecord(message, deps.queueArn)) };
  let failed: ReadonlySet<string>;
  try {
    const answer = await handler.invoke(event);
    failed = mapping.reportsFailures ? failedIds(answer, handler.name) : new Set();
  } catch (error) {
    await hurryBack(messages, deps);
    throw error;
  }
  const isFailed = ({ MessageId: id }: Message): boolean => id === undefined || failed.has(id);
  for (const entries of inCalls(messages.filter((message) => !isFailed(message)))) {
    await deps.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: deps.queueUrl, Entries: entries }));
  }
  await hurryBack(messages.filter(isFailed), deps);
}

async function hurryBack(failed: readonly Message[], { queueUrl, failedAgain }: MappingDeps) {
  if (failedAgain === undefined) return;
  const { afterSeconds: seconds, sqs } = failedAgain;
  for (const entries of inCalls(failed)) {
    const hurried = entries.map((entry) => ({ ...entry, VisibilityTimeout: seconds }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: hurried }));
  }
}

function inCalls(messages: readonly Message[]): { Id: string; ReceiptHandle: string | undefined }[][] {
  return chunksOf(messages, MESSAGES_PER_CALL).map((group) =>
    group.map(({ ReceiptHandle: handle }, index) => ({ Id: String(index), ReceiptHandle: handle })),
  );
}

/** The ids that a partial batch response names. Lambda takes an answer of another shape for a failure of the whole. */
function failedIds(answer: unknown, functionName: string): ReadonlySet<string> {
  const failures =
    typeof answer === "object" && answer !== null && "batchItemFailures" in answer
      ? answer.batchItemFailures
      : undefined;
  if (!Array.isArray(failures)) throw new Error(`${functionName} answered without batchItemFailures`);
  return new Set(
    failures.map((failure: unknown) => {
      const id =
        typeof failure === "object" && failure !== null && "itemIdentifier" in failure
          ? failure.itemIdentifier
          : undefined;
      if (typeof id !== "string" || id === "")
        throw new Error(`${functionName} named a failure without itemIdentifier`);
      return id;
    }),
  );
}

function toRecord(message: Message, queueArn: string): SQSRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? "1",
      SentTimestamp: attributes.SentTimestamp ?? "0",
      SenderId: attributes.SenderId ?? "local",
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? "0",
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue: text, DataType: type }]) => [
        name,
        { dataType: type ?? "String", ...(text === undefined ? {} : { stringValue: text }) },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: "us-east-1",
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
