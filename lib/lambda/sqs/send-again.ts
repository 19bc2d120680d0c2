import { sendInGroups } from "../../sinks/sqs/send.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import type { MessageCopy } from "./batch.ts";
import { senderAttribute } from "./messages.ts";

/**
 * Puts copies of messages back on a queue, to be seen after their delay. A copy starts with a receive count of its own,
 * so that waiting never brings a message nearer to the dead-letter queue; `sendCount` says how often it was sent.
 * Returns the ids of the messages whose copy the queue accepted.
 */
export function sqsSendAgain(queueUrl: string, aws: Pick<AwsClients, "sqs">) {
  return async (copies: readonly MessageCopy[]): Promise<ReadonlySet<string>> => {
    const accepted = new Set<string>();
    const groups = sendInGroups(aws.sqs, queueUrl, copies, ({ delaySeconds, sendCount, sender }) => ({
      DelaySeconds: delaySeconds,
      MessageAttributes: {
        sendCount: { DataType: "Number", StringValue: String(sendCount) },
        ...senderAttribute(sender),
      },
    }));
    for await (const { taken } of groups) for (const { messageId } of taken) accepted.add(messageId);
    return accepted;
  };
}
