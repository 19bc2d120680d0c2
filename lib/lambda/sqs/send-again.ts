import { groupForSqs } from "../../sinks/sqs/groups.ts";
import type { AwsClients } from "../settings/aws-clients.ts";
import type { MessageCopy } from "./batch.ts";

/**
 * Puts copies of messages back on a queue, to be seen after their delay. A copy starts with a receive count of its own,
 * so that waiting never brings a message nearer to the dead-letter queue; `sendCount` says how often it was sent.
 * Returns the ids of the messages whose copy the queue accepted.
 */
export function sqsSendAgain(queueUrl: string, aws: Pick<AwsClients, "sqs">) {
  return async (copies: readonly MessageCopy[]): Promise<ReadonlySet<string>> => {
    const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
    const client = await aws.sqs();
    const accepted = new Set<string>();
    for (const group of groupForSqs(copies)) {
      const entries = group.map(({ body, delaySeconds, sendCount }, index) => ({
        Id: String(index),
        MessageBody: body,
        DelaySeconds: delaySeconds,
        MessageAttributes: { sendCount: { DataType: "Number", StringValue: String(sendCount) } },
      }));
      const { Successful: taken = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      );
      for (const { Id: id } of taken) {
        const copy = group[Number(id)];
        if (copy !== undefined) accepted.add(copy.messageId);
      }
    }
    return accepted;
  };
}
