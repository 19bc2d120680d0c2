/**
 * What a message of SQS may have, its attributes included.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const MOST_MESSAGE_BYTES = 1_048_576;

/** Kept free in a message for the attributes that our functions add, now or when they send it again. */
const ATTRIBUTE_BYTES = 4_096;

/**
 * JSON with the characters escaped that SQS refuses in a message although JSON and UTF-8 have them: a name that holds
 * one must not keep a message off its queue. Those beyond the basic plane are escaped with them, as not every queue that
 * speaks SQS's protocol takes them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function queueText(json: string): string {
  // Without the flag `u`: each half of a surrogate pair is escaped by itself, as JSON has it.
  return json.replaceAll(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

/** Whether a text, which `queueText` has written, fits into a message with room for our attributes. */
export function fitsQueue(text: string): boolean {
  return new TextEncoder().encode(text).length <= MOST_MESSAGE_BYTES - ATTRIBUTE_BYTES;
}
