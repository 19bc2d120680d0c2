import { createPace } from "../../app/alert/pace.ts";
import { sendAlerts, type AlertJob, type SendAlertsDeps } from "../../app/alert/send-alerts.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import { createAlertSender } from "../../sinks/chat/sender.ts";
import { dynamoDeliveries } from "../../sinks/dynamo/alert-states.ts";
import { createAwsClients } from "../settings/aws-clients.ts";
import { createCredentialResolver } from "../settings/credentials.ts";
import { readEnvironment, SendAlertsEnvironment, type Variables } from "../settings/environment.ts";
import { loadConfig } from "../settings/settings.ts";
import { parseAlertMessage } from "../sqs/alert-messages.ts";
import { sqsBatchDeps } from "../sqs/batch-deps.ts";
import { createTelemetry } from "../telemetry.ts";
import { raiseDeps } from "./alert-wiring.ts";
import { queueFunction, type QueueFunction } from "./queue-function.ts";

/** What recording a delivery and answering may take. */
const RECORD_MS = 3_000;
/** How many of this function run at once: `maximumConcurrency` in serverless.yml, which a test compares. */
export const CONCURRENCY = 2;

/** Puts `send-alerts` together at its cold start. Where the configuration has no alerts, messages are ignored: alarms still reach the topic's other subscribers. */
export async function composeSendAlerts(processVariables: Variables): Promise<QueueFunction<AlertJob>> {
  const variables = { ...processVariables };
  const environment = readEnvironment(SendAlertsEnvironment, variables);
  const aws = createAwsClients(variables);
  const telemetry = createTelemetry("send-alerts", environment.TAGWARDEN_METRICS);
  const {
    TAGWARDEN_TABLE: table,
    TAGWARDEN_ALERT_QUEUE_URL: queueUrl,
    TAGWARDEN_ALERT_TOPIC_ARN: topicArn,
  } = environment;
  const batch = sqsBatchDeps({ name: "send-alerts", queueUrl, environment, aws, telemetry });
  const pace = createPace(systemClock, CONCURRENCY);
  return queueFunction<AlertJob>({ batch, telemetry }, async () => {
    const { alerts } = await loadConfig(environment, aws);
    const credential = createCredentialResolver(variables, aws);
    const senders = new Map(
      (alerts?.channels ?? []).map((channel) => [
        channel.name,
        createAlertSender(channel, { credential, clock: systemClock, sns: aws.sns, topicArn }),
      ]),
    );
    return {
      async parse(body, envelope) {
        if (alerts === undefined) return { kind: "ignored", reason: "no alerts are configured" };
        const parsed = parseAlertMessage(body);
        return parsed.kind === "ignored"
          ? parsed
          : { kind: "message", message: { ...envelope, message: parsed.message } };
      },
      async work(jobs, deadline) {
        if (alerts === undefined) return [];
        const deps: SendAlertsDeps = {
          clock: systemClock,
          random: Math.random,
          deadline: { remainingMs: () => deadline.remainingMs() - RECORD_MS },
          sender: (channel) => senders.get(channel),
          pace,
          deliveries: dynamoDeliveries({ client: aws.dynamodb, table }),
          raise: raiseDeps(alerts, { aws, table, queueUrl }),
          log: telemetry.log,
          count: batch.count,
        };
        return sendAlerts(jobs, deps);
      },
    };
  });
}
