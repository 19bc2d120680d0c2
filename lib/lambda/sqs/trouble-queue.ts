import { troubleAlerts, type Trouble } from "../../core/alert/trouble-alerts.ts";
import { sqsAlertQueue } from "../../sinks/sqs/alert-queue.ts";
import type { AwsClients } from "../settings/aws-clients.ts";

/** Puts what enforcement met on the alert queue, in one message an invocation. */
export function troubleQueue(queueUrl: string, aws: Pick<AwsClients, "sqs">) {
  const queue = sqsAlertQueue({ client: aws.sqs, queueUrl });
  return (invocation: string, at: number, troubles: readonly Trouble[]): Promise<void> =>
    queue.send({
      kind: "raised",
      event: `enforce ${invocation}`,
      at,
      alerts: troubleAlerts(troubles, new Date(at).toISOString()),
    });
}
