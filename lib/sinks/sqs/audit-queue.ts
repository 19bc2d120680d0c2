import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AuditQueue } from "../../app/ports/audit-queue.ts";
import { sendAll } from "./send.ts";

export interface SqsAuditQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly shardQueueUrl: string;
  readonly reportQueueUrl: string;
}

/** The audit's queues in SQS. Throws where a message was not taken: the caller's own message then comes again. */
export function sqsAuditQueue({ client, shardQueueUrl, reportQueueUrl }: SqsAuditQueueOptions): AuditQueue {
  return {
    sendShards: (messages) =>
      sendAll(
        client,
        shardQueueUrl,
        messages.map((message) => JSON.stringify(message)),
      ),
    sendReport: (run) => sendAll(client, reportQueueUrl, [JSON.stringify({ run })]),
  };
}
