import { troubleAlerts, type Trouble } from "../core/alert/trouble-alerts.ts";
import { sqsAlertQueue } from "../sinks/sqs-alert-queue.ts";
import type { AwsClients } from "./aws-clients.ts";
import { AlertEnvironment, readEnvironment, type Variables } from "./environment.ts";

/** Puts what enforcement met on the alert queue, in one message an invocation. Throws an InputError where the queue's URL is missing. */
export function troubleQueue(variables: Variables, aws: Pick<AwsClients, "sqs">) {
  const { TAGWARDEN_ALERT_QUEUE_URL: queueUrl } = readEnvironment(AlertEnvironment, variables);
  const queue = sqsAlertQueue({ client: aws.sqs, queueUrl });
  return (invocation: string, at: number, troubles: readonly Trouble[]): Promise<void> =>
    queue.send({
      kind: "raised",
      event: `enforce ${invocation}`,
      at,
      alerts: troubleAlerts(troubles, new Date(at).toISOString()),
    });
}
