import { createHash, createHmac } from "node:crypto";
import { percentEncode } from "../percent.ts";

export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: Iterable<readonly [string, string]>;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly signedHeaders: readonly string[];
  /** X-Amz-Date: `yyyyMMddTHHmmssZ`. */
  readonly date: string;
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  /** SHA-256 of the body, hexadecimal. */
  readonly payloadHash: string;
}

export function stringToSign(parts: SignedParts): string {
  const query = [...parts.query]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join("&");
  const headers = parts.signedHeaders
    .map((name) => `${name}:${(parts.headers.get(name) ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  const request = [parts.method, parts.path, query, headers, parts.signedHeaders.join(";"), parts.payloadHash].join(
    "\n",
  );
  return ["AWS4-HMAC-SHA256", parts.date, parts.scope, createHash("sha256").update(request).digest("hex")].join("\n");
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function sign(text: string, scope: string, secret: string): string {
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(text).digest("hex");
}
