import type { AwsClients } from "./aws-clients.ts";
import type { MessageCopy } from "./sqs-batch.ts";

/** SendMessageBatch takes 10 messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_CALL = 10;
/** Below every limit that SQS has had on the sum of a batch; one body above it travels alone. */
const BYTES_PER_CALL = 262_144;

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
    for (const group of groupBySize(copies)) {
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

function groupBySize(copies: readonly MessageCopy[]): MessageCopy[][] {
  const groups: MessageCopy[][] = [];
  let group: MessageCopy[] = [];
  let bytes = 0;
  for (const copy of copies) {
    const size = Buffer.byteLength(copy.body);
    if (group.length > 0 && (group.length === MESSAGES_PER_CALL || bytes + size > BYTES_PER_CALL)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(copy);
    bytes += size;
  }
  return group.length === 0 ? groups : [...groups, group];
}
