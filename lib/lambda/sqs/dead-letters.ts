import { sendInGroups } from "../../sinks/sqs/send.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import { senderAttribute, type DeadLetterQueue } from "./messages.ts";

/** The variables of every function that a queue feeds. */
export interface QueueVariables {
  readonly TAGWARDEN_DEAD_LETTERS_URL: string;
  readonly TAGWARDEN_ATTEMPTS: number;
}

/**
 * Where the functions put what failed for the last time: SQS would move it there as well, but without a word on why.
 * Where this fails, SQS does.
 */
export function sqsDeadLetters(
  functionName: string,
  { TAGWARDEN_DEAD_LETTERS_URL: queueUrl, TAGWARDEN_ATTEMPTS: attempts }: QueueVariables,
  aws: Pick<AwsClients, "sqs">,
): DeadLetterQueue {
  return {
    attempts,
    async send(letters) {
      const dead = new Set<string>();
      const groups = sendInGroups(aws.sqs, queueUrl, letters, ({ messageId, reason, sender }) => ({
        MessageAttributes: {
          reason: text(reason),
          failedIn: text(functionName),
          firstMessageId: text(messageId),
          ...senderAttribute(sender),
        },
      }));
      for await (const { taken } of groups) for (const { messageId } of taken) dead.add(messageId);
      return dead;
    },
  };
}

/** An attribute must not be empty, nor hold control characters. */
function text(value: string): { DataType: "String"; StringValue: string } {
  const clean = value.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?").slice(0, 1000);
  return { DataType: "String", StringValue: clean === "" ? "-" : clean };
}
