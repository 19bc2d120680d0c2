import { createHash, createHmac } from "node:crypto";
import { percentEncode } from "../percent.ts";

export interface SignedParts {
  readonly method: string;
  /** As it came, percent-encoded. */
  readonly path: string;
  readonly query: Iterable<readonly [string, string]>;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly signedHeaders: readonly string[];
  /** X-Sdk-Date. */
  readonly date: string;
  /** SHA-256 of the body, hexadecimal. */
  readonly payloadHash: string;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Not percent-encoded after all: signed as it stands.
  }
}

function byText([aName, aValue]: readonly [string, string], [bName, bValue]: readonly [string, string]): number {
  if (aName !== bName) return aName < bName ? -1 : 1;
  return aValue < bValue ? -1 : aValue > bValue ? 1 : 0;
}

/** What SDK-HMAC-SHA256 signs. The path always ends in a slash there. */
export function stringToSign(parts: SignedParts): string {
  const path = parts.path
    .split("/")
    .map((segment) => percentEncode(decode(segment)))
    .join("/");
  const query = [...parts.query]
    .sort(byText)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
  const headers = parts.signedHeaders.map((name) => `${name}:${(parts.headers.get(name) ?? "").trim()}\n`).join("");
  const request = [
    parts.method,
    path.endsWith("/") ? path : `${path}/`,
    query,
    headers,
    parts.signedHeaders.join(";"),
    parts.payloadHash,
  ].join("\n");
  return `SDK-HMAC-SHA256\n${parts.date}\n${createHash("sha256").update(request).digest("hex")}`;
}

/** https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html */
export function sign(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}
