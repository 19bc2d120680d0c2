import { createHash, createHmac } from "node:crypto";
import { percentEncode } from "../percent.ts";

function inOrder(entries: Iterable<readonly [string, string]>): (readonly [string, string])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What version 1.0 signs: the method and all parameters but the signature itself. */
export function stringToSignV1(method: string, parameters: Iterable<readonly [string, string]>): string {
  const canonical = inOrder(parameters)
    .filter(([name]) => name !== "Signature")
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
  return `${method}&${percentEncode("/")}&${percentEncode(canonical)}`;
}

/** HMAC-SHA1, base64. https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism */
export function signV1(stringToSign: string, secret: string): string {
  return createHmac("sha1", `${secret}&`).update(stringToSign).digest("base64");
}

export interface SignedPartsV3 {
  readonly method: string;
  readonly path: string;
  readonly query: Iterable<readonly [string, string]>;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body, hexadecimal. */
  readonly payloadHash: string;
}

/** What version 3 signs. */
export function stringToSignV3(parts: SignedPartsV3): string {
  const query = inOrder(parts.query)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
  const headers = parts.signedHeaders.map((name) => `${name}:${(parts.headers.get(name) ?? "").trim()}\n`).join("");
  const request = [parts.method, parts.path, query, headers, parts.signedHeaders.join(";"), parts.payloadHash].join(
    "\n",
  );
  return `ACS3-HMAC-SHA256\n${createHash("sha256").update(request).digest("hex")}`;
}

/** HMAC-SHA256, hexadecimal. https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
export function signV3(stringToSign: string, secret: string): string {
  return createHmac("sha256", secret).update(stringToSign).digest("hex");
}
