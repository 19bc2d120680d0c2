import type { AwsClients } from "../settings/aws-clients.ts";
import type { DeadLetter, DeadLetterQueue } from "./messages.ts";

export type { DeadLetter, DeadLetterQueue };

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
      const { sendDeadLetters } = await import("./send-dead-letters.ts");
      return sendDeadLetters(letters, { functionName, queueUrl, aws });
    },
  };
}
