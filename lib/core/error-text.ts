/** A provider's code and what it said, the code once: many providers begin the message with it. */
export function errorText(code: string, message: string): string {
  return message.startsWith(code) ? message : `${code}: ${message}`;
}
