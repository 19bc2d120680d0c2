import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AuditQueue } from "../../app/ports/audit-queue.ts";
import { chunksOf } from "../../core/chunks.ts";
import { sendAll } from "./send.ts";

export interface SqsAuditQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly shardQueueUrl: string;
  readonly reportQueueUrl: string;
}

/** Messages that are sent one call after the other. A thousand, which is what a start notes at once, take ten such lines. */
const IN_LINE = 100;

/** The audit's queues in SQS. Throws where a message was not taken: the caller's own message then comes again. */
export function sqsAuditQueue({ client, shardQueueUrl, reportQueueUrl }: SqsAuditQueueOptions): AuditQueue {
  return {
    async sendShards(messages) {
      const bodies = messages.map((message) => JSON.stringify(message));
      await Promise.all(chunksOf(bodies, IN_LINE).map((line) => sendAll(client, shardQueueUrl, line)));
    },
    sendReport: (run) => sendAll(client, reportQueueUrl, [JSON.stringify({ run })]),
  };
}
