import type { SQSClient } from "@aws-sdk/client-sqs";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_BATCH = 10;

/** Puts messages of a few kilobytes each on a queue. Throws where one was not taken; then others may have been. */
export async function sendAll(client: () => Promise<SQSClient>, QueueUrl: string, bodies: readonly string[]) {
  const sqs = await client();
  const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
  for (let from = 0; from < bodies.length; from += MESSAGES_PER_BATCH) {
    const Entries = bodies
      .slice(from, from + MESSAGES_PER_BATCH)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const [first] = Failed ?? [];
    if (first !== undefined) throw new Error(`SQS didn't take a message: ${first.Code} ${first.Message ?? ""}`);
  }
}
