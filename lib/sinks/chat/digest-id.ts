import { createHash } from "node:crypto";

/** A short text, fit for a header, that is the same for the same text. */
export function digestId(text: string): string {
  return `tw_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
