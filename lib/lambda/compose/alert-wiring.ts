import { alertReport, type AlertReportDeps } from "../../app/alert/alert-report.ts";
import { type FinishedRun } from "../../app/report/survey.ts";
import type { RaiseDeps } from "../../app/alert/raise-alerts.ts";
import type { AlertSettings } from "../../core/alert/settings.ts";
import { digestId } from "../../sinks/chat/digest-id.ts";
import { dynamoAlertStates } from "../../sinks/dynamo/alert-states.ts";
import { sqsAlertQueue } from "../../sinks/sqs/alert-queue.ts";
import type { AwsClients } from "../settings/aws-clients.ts";

/** Raises the alerts of a finished run. */
export function reportAlerter(
  settings: AlertSettings,
  { objects, accounts, ...places }: AlertPlaces & Required<Pick<AlertReportDeps, "objects" | "accounts">>,
) {
  const deps = { ...raiseDeps(settings, places), objects, accounts };
  return async (finished: FinishedRun): Promise<void> => {
    const { failures } = await alertReport(finished, deps);
    if (failures.length > 0) throw failures[0];
  };
}

interface AlertPlaces {
  readonly aws: Pick<AwsClients, "sqs" | "dynamodb">;
  readonly table: string;
  readonly queueUrl: string;
}

/** What raising alerts needs where it runs in Lambda. */
export function raiseDeps(settings: AlertSettings, { aws, table, queueUrl }: AlertPlaces): RaiseDeps {
  const queue = sqsAlertQueue({ client: aws.sqs, queueUrl });
  return {
    settings,
    states: dynamoAlertStates({ client: aws.dynamodb, table }),
    hash: digestId,
    dispatch: (digest) => queue.send({ kind: "digest", digest }),
  };
}
