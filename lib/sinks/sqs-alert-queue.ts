import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AlertQueue } from "../app/ports/alerts.ts";

export interface SqsAlertQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/** The alert queue in SQS. */
export function sqsAlertQueue({ client, queueUrl }: SqsAlertQueueOptions): AlertQueue {
  return {
    async send(message) {
      const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      await (await client()).send(command);
    },
  };
}
