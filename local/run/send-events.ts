import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

const MESSAGES_PER_CALL = 10;
const BYTES_PER_CALL = 262_144;

/** Puts event bodies on a queue as they are, as an EventBridge rule does. Throws where SQS refuses one. */
export async function sendEvents(
  sqs: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  onSent?: (sent: number) => void,
): Promise<void> {
  let sent = 0;
  for (const group of groups(bodies)) {
    const entries = group.map((body, index) => ({ Id: String(index), MessageBody: body }));
    const { Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    const [first] = failed;
    if (first !== undefined) throw new Error(`the queue refused an event: ${first.Code} ${first.Message ?? ""}`);
    sent += group.length;
    onSent?.(sent);
  }
}

function* groups(bodies: readonly string[]): Generator<readonly string[]> {
  let group: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (group.length > 0 && (group.length === MESSAGES_PER_CALL || bytes + size > BYTES_PER_CALL)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(body);
    bytes += size;
  }
  if (group.length > 0) yield group;
}
