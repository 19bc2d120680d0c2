import { systemClock } from "../../app/ports/system-clock.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import type { Telemetry } from "../telemetry.ts";
import type { SqsBatchDeps } from "./messages.ts";

/** Nobody needs it while all that comes is done. */
const outgoing = () => import("./outgoing.ts");

/** The variables of every function that a queue feeds. */
export interface QueueVariables {
  readonly TAGWARDEN_DEAD_LETTERS_URL: string;
  readonly TAGWARDEN_ATTEMPTS: number;
  readonly TAGWARDEN_WAIT_HOURS: number;
}

export interface QueueFunctionOptions {
  /** Stands beside its dead letters. */
  readonly name: string;
  /** The queue that feeds it. */
  readonly queueUrl: string;
  readonly environment: QueueVariables;
  readonly aws: Pick<AwsClients, "sqs">;
  readonly telemetry: Pick<Telemetry, "log" | "metrics">;
}

/** What a deployed function does with messages that it can't acknowledge. */
export function sqsBatchDeps({ name, queueUrl, environment, aws, telemetry }: QueueFunctionOptions) {
  const { TAGWARDEN_DEAD_LETTERS_URL, TAGWARDEN_ATTEMPTS: attempts, TAGWARDEN_WAIT_HOURS: hours } = environment;
  const deadLetters = { client: aws.sqs, queueUrl: TAGWARDEN_DEAD_LETTERS_URL, failedIn: name };
  return {
    log: telemetry.log,
    count: (metric: string, value: number): void => {
      telemetry.metrics.addMetric(metric, "Count", value);
    },
    clock: systemClock,
    random: Math.random,
    waitMs: hours * 3_600_000,
    sendAgain: async (copies) => (await outgoing()).sendCopies({ client: aws.sqs, queueUrl }, copies),
    /** SQS would move letters there as well, but without a word on why. Where this fails, SQS does. */
    deadLetters: {
      attempts,
      send: async (letters) => (await outgoing()).sendLetters(deadLetters, letters),
    },
  } satisfies SqsBatchDeps;
}
