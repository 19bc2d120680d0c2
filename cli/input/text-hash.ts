import { createHash } from "node:crypto";

/** SHA-256 in hexadecimal: names a set of policies. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
