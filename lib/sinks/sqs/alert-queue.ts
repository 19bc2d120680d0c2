import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AlertMessage, AlertQueue } from "../../app/ports/alerts.ts";
import { fitsQueue, queueText } from "../../core/queue-text.ts";

export interface SqsAlertQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/**
 * The alert queue in SQS. What is too long for one message goes in several, or names less: alerts are raised in two
 * halves, and a digest leaves out the last of its entries, as it does for a channel.
 */
export function sqsAlertQueue({ client, queueUrl }: SqsAlertQueueOptions): AlertQueue {
  return {
    async send(message) {
      const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
      for (const body of bodiesOf(message)) {
        await (await client()).send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
      }
    },
  };
}

function bodiesOf(message: AlertMessage): string[] {
  const body = queueText(JSON.stringify(message));
  if (fitsQueue(body)) return [body];
  if (message.kind === "raised" && message.alerts.length > 1) {
    const { alerts, resolved: _, ...rest } = message;
    const half = Math.ceil(alerts.length / 2);
    return [
      ...bodiesOf({ ...message, alerts: alerts.slice(0, half) }),
      ...bodiesOf({ ...rest, alerts: alerts.slice(half) }),
    ];
  }
  if (message.kind === "digest" && message.digest.entries.length > 1) {
    const { digest } = message;
    const entries = digest.entries.slice(0, Math.floor(digest.entries.length / 2));
    return bodiesOf({ ...message, digest: { ...digest, entries } });
  }
  return [body];
}
