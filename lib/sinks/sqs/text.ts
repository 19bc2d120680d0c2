/**
 * JSON with the characters escaped that SQS refuses in a message although JSON and UTF-8 have them: a name that holds
 * one must not keep a message off its queue. Those beyond the basic plane are escaped with them, as not every queue that
 * speaks SQS's protocol takes them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function sqsText(json: string): string {
  // Without the flag `u`: each half of a surrogate pair is escaped by itself, as JSON has it.
  return json.replaceAll(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}
