import { sendInGroups } from "../../sinks/sqs/send.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import type { MessageCopy } from "./batch.ts";

/**
 * Puts copies of messages back on a queue, to be seen after their delay. A copy starts with a receive count of its own,
 * so that waiting never brings a message nearer to the dead-letter queue; `sendCount` says how often it was sent.
 * Returns the ids of the messages of which the queue accepted every copy.
 */
export function sqsSendAgain(queueUrl: string, aws: Pick<AwsClients, "sqs">) {
  return async (copies: readonly MessageCopy[]): Promise<ReadonlySet<string>> => {
    const accepted = new Set<MessageCopy>();
    const groups = sendInGroups(aws.sqs, queueUrl, copies, ({ delaySeconds, sendCount, part }) => ({
      DelaySeconds: delaySeconds,
      MessageAttributes: {
        sendCount: { DataType: "Number", StringValue: String(sendCount) },
        ...(part !== undefined && { part: { DataType: "String", StringValue: `${part.from}-${part.to}` } }),
      },
    }));
    for await (const { taken } of groups) for (const copy of taken) accepted.add(copy);
    const refused = new Set(copies.filter((copy) => !accepted.has(copy)).map(({ messageId }) => messageId));
    return new Set(copies.map(({ messageId }) => messageId).filter((id) => !refused.has(id)));
  };
}
