import type { SQSClient } from "@aws-sdk/client-sqs";
import type { EnforceQueue } from "../app/ports/enforce-queue.ts";
import { sendAll } from "./sqs-send.ts";

export interface SqsEnforceQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/** The queue of `enforce` in SQS. */
export function sqsEnforceQueue({ client, queueUrl }: SqsEnforceQueueOptions): EnforceQueue {
  return { send: (bodies) => sendAll(client, queueUrl, bodies) };
}
