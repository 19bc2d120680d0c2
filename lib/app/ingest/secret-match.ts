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

/**
 * The bytes of a base64 text, or nothing where it is none. `Buffer` alone would skip what it doesn't know, and take
 * other spellings of the same bytes, so that a signature that was seen would look like a new one.
 */
export function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : undefined;
}
