import { systemClock } from "../../app/ports/system-clock.ts";
import { sendMessages, type Sent } from "../../sinks/sqs/send.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import type { Telemetry } from "../telemetry.ts";
import { attributesOf, numberAttribute, ownAttributes, type SentMessages, type SqsBatchDeps } from "./messages.ts";

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
  return {
    log: telemetry.log,
    count: (metric: string, value: number): void => {
      telemetry.metrics.addMetric(metric, "Count", value);
    },
    clock: systemClock,
    random: Math.random,
    waitMs: hours * 3_600_000,
    /**
     * A copy starts with a receive count of its own, so that waiting never brings a message nearer to the dead-letter
     * queue; its attributes say since when it waits.
     */
    sendAgain: async (copies) =>
      byId(
        await sendMessages(aws.sqs, queueUrl, copies, (copy) => ({
          DelaySeconds: copy.delaySeconds,
          MessageAttributes: attributesOf(copy),
        })),
      ),
    /** SQS would move letters there as well, but without a word on why. Where this fails, SQS does. */
    deadLetters: {
      attempts,
      send: async (letters) =>
        byId(
          await sendMessages(
            aws.sqs,
            TAGWARDEN_DEAD_LETTERS_URL,
            letters,
            ({ messageId, reason, firstSentAt, ...own }) => ({
              MessageAttributes: {
                ...ownAttributes(own),
                reason: text(reason),
                failedIn: text(name),
                firstMessageId: text(messageId),
                firstSentAt: numberAttribute(firstSentAt),
              },
            }),
          ),
        ),
    },
  } satisfies SqsBatchDeps;
}

function byId({ taken, refused }: Sent<{ readonly messageId: string }>): SentMessages {
  const missing = new Map(refused.map(({ message, reason }) => [message.messageId, reason]));
  // Of a message that is sent in parts, all must have been taken.
  const whole = taken.filter(({ messageId }) => !missing.has(messageId));
  return { taken: new Set(whole.map(({ messageId }) => messageId)), refused: missing };
}

/** An attribute must not be empty, nor hold control characters. */
function text(value: string): { DataType: "String"; StringValue: string } {
  const clean = value.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?").slice(0, 1000);
  return { DataType: "String", StringValue: clean === "" ? "-" : clean };
}
