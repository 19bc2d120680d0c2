import type { SQSClient } from "@aws-sdk/client-sqs";
import { sendMessages } from "../../lib/sinks/sqs/send.ts";
import { chunksOf } from "../../lib/core/chunks.ts";

/** How many are sent until somebody is told. */
const AT_ONCE = 10;

/** Puts event bodies on a queue as they are, as an EventBridge rule does. Throws where SQS refuses one. */
export async function sendEvents(
  sqs: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  onSent?: (sent: number) => void,
): Promise<void> {
  let sent = 0;
  const messages = bodies.map((body) => ({ body }));
  for (const some of chunksOf(messages, AT_ONCE)) {
    const { taken, refused } = await sendMessages(async () => sqs, queueUrl, some);
    if (refused[0] !== undefined) throw new Error(`the queue refused an event: ${refused[0].reason}`);
    sent += taken.length;
    onSent?.(sent);
  }
}
