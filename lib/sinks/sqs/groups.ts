/** SendMessageBatch takes 10 messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_CALL = 10;
/** Below every limit that SQS has had on the sum of a batch; one body above it travels alone. */
const BYTES_PER_CALL = 262_144;

/** Messages in their order, as many to a call as SQS takes. */
export function groupForSqs<Message extends { readonly body: string }>(messages: readonly Message[]): Message[][] {
  const groups: Message[][] = [];
  let group: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    if (group.length > 0 && (group.length === MESSAGES_PER_CALL || bytes + size > BYTES_PER_CALL)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(message);
    bytes += size;
  }
  return group.length === 0 ? groups : [...groups, group];
}
