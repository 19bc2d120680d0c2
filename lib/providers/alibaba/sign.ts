import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "ACS3-HMAC-SHA256";

export const EMPTY_BODY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface AlibabaKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/**
 * The `Authorization` header of a request, signature version 3. `headers` have lower-case names; those that start with
 * `x-acs-`, `host` and `content-type` are signed. `x-acs-content-sha256` stands for the body.
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function authorization(
  request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: Readonly<Record<string, string>>;
  },
  key: Pick<AlibabaKey, "accessKeyId" | "accessKeySecret">,
): string {
  const { method, path, query, headers } = request;
  const names = Object.keys(headers)
    .filter((name) => name.startsWith("x-acs-") || name === "host" || name === "content-type")
    .sort();
  const signedHeaders = names.join(";");
  const canonicalHeaders = names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join("");
  const canonical = [method, path, query, canonicalHeaders, signedHeaders, headers["x-acs-content-sha256"] ?? ""].join(
    "\n",
  );
  const toSign = `${ALGORITHM}\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", key.accessKeySecret).update(toSign).digest("hex");
  return `${ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
}
