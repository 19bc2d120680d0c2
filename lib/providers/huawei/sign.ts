import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "SDK-HMAC-SHA256";

export interface HuaweiKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

/** A key pair that signs each request, or a token that stands in each. */
export type HuaweiCredentials = HuaweiKey | { readonly token: string };

/** `20261122T002819Z`, in UTC. */
export function sdkDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/**
 * The `Authorization` header of a request with a key pair. `path` is encoded, `headers` have lower-case names and are
 * all signed; `x-sdk-date` is one of them.
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
 */
export function authorization(
  request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  key: Pick<HuaweiKey, "accessKey" | "secretKey">,
): string {
  const { method, path, query, headers, body } = request;
  const names = Object.keys(headers).sort();
  const signedHeaders = names.join(";");
  const canonicalHeaders = names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join("");
  // The canonical path always ends with a slash, whatever the request's own does.
  const canonicalPath = path.endsWith("/") ? path : `${path}/`;
  const bodyHash = createHash("sha256").update(body).digest("hex");
  const canonical = [method, canonicalPath, query, canonicalHeaders, signedHeaders, bodyHash].join("\n");
  const toSign = `${ALGORITHM}\n${headers["x-sdk-date"] ?? ""}\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", key.secretKey).update(toSign).digest("hex");
  return `${ALGORITHM} Access=${key.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
