import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are equal, in a time that tells nothing about either of them. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether a text is one of the secrets. All are compared, so that the time doesn't tell which. */
export function isOneOf(given: string, secrets: readonly string[]): boolean {
  let matches = 0;
  for (const secret of secrets) matches += isSame(given, secret) ? 1 : 0;
  return matches > 0;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

/** The bytes of a base64 text, or nothing where it is none: `Buffer` alone would skip what it doesn't know. */
export function base64Bytes(text: string): Buffer | undefined {
  if (text === "" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64");
}
