import type { SQSClient } from "@aws-sdk/client-sqs";
import { groupForSqs } from "./groups.ts";
import { sqsText } from "./text.ts";

/** Puts messages, each of them JSON, on a queue. Throws where one was not taken; then others may have been. */
export async function sendAll(client: () => Promise<SQSClient>, QueueUrl: string, bodies: readonly string[]) {
  const [sqs, { SendMessageBatchCommand }] = await Promise.all([client(), import("@aws-sdk/client-sqs")]);
  for (const group of groupForSqs(bodies.map((body) => ({ body: sqsText(body) })))) {
    const Entries = group.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
    const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const [first] = Failed ?? [];
    if (first !== undefined) throw new Error(`SQS didn't take a message: ${first.Code} ${first.Message ?? ""}`);
  }
}
