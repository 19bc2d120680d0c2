import type { SQSClient } from "@aws-sdk/client-sqs";
import { sendInGroups } from "../../lib/sinks/sqs/send.ts";

/** Puts event bodies on a queue as they are, as an EventBridge rule does. Throws where SQS refuses one. */
export async function sendEvents(
  sqs: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  onSent?: (sent: number) => void,
): Promise<void> {
  let sent = 0;
  const messages = bodies.map((body) => ({ body }));
  for await (const { taken, refusals } of sendInGroups(async () => sqs, queueUrl, messages)) {
    if (refusals[0] !== undefined) throw new Error(`the queue refused an event: ${refusals[0]}`);
    sent += taken.length;
    onSent?.(sent);
  }
}
