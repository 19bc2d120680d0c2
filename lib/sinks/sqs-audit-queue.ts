import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AuditQueue } from "../app/ports/audit-queue.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_BATCH = 10;

export interface SqsAuditQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly shardQueueUrl: string;
  readonly reportQueueUrl: string;
}

/** The audit's queues in SQS. Throws where a message was not taken: the caller's own message then comes again. */
export function sqsAuditQueue({ client, shardQueueUrl, reportQueueUrl }: SqsAuditQueueOptions): AuditQueue {
  const send = async (QueueUrl: string, bodies: readonly string[]): Promise<void> => {
    const sqs = await client();
    const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
    for (let from = 0; from < bodies.length; from += MESSAGES_PER_BATCH) {
      const Entries = bodies
        .slice(from, from + MESSAGES_PER_BATCH)
        .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed ?? [];
      if (first !== undefined) throw new Error(`SQS didn't take a message: ${first.Code} ${first.Message ?? ""}`);
    }
  };
  return {
    sendShards: (messages) =>
      send(
        shardQueueUrl,
        messages.map((message) => JSON.stringify(message)),
      ),
    sendReport: (run) => send(reportQueueUrl, [JSON.stringify({ run })]),
  };
}
