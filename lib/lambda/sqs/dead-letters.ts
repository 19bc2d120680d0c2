import { groupForSqs } from "../../sinks/sqs/groups.ts";
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
    send: (letters) => sendDeadLetters(letters, { functionName, queueUrl, aws }),
  };
}

interface DeadLetterPlace {
  readonly functionName: string;
  readonly queueUrl: string;
  readonly aws: Pick<AwsClients, "sqs">;
}

/** Puts messages on a dead-letter queue, each with its reason; returns the ids of those that the queue took. */
async function sendDeadLetters(
  letters: readonly DeadLetter[],
  { functionName, queueUrl, aws }: DeadLetterPlace,
): Promise<ReadonlySet<string>> {
  const [client, { SendMessageBatchCommand }] = await Promise.all([aws.sqs(), import("@aws-sdk/client-sqs")]);
  const taken = new Set<string>();
  for (const group of groupForSqs(letters)) {
    const Entries = group.map(({ body, messageId, reason }, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageAttributes: {
        reason: text(reason),
        failedIn: text(functionName),
        firstMessageId: text(messageId),
      },
    }));
    const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    for (const { Id } of Successful) {
      const letter = group[Number(Id)];
      if (letter !== undefined) taken.add(letter.messageId);
    }
  }
  return taken;
}

/** An attribute must not be empty, nor hold control characters. */
function text(value: string): { DataType: "String"; StringValue: string } {
  const clean = value.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?").slice(0, 1000);
  return { DataType: "String", StringValue: clean === "" ? "-" : clean };
}
