import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "AWS4-HMAC-SHA256";

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** `20261122T002819Z`, in UTC. */
export function amzDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The key that signs a day's requests to one service of one region. */
function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request");
}

/**
 * The `Authorization` header of a POST without a query, Signature Version 4. `headers` have lower-case names and
 * are all signed; `x-amz-date` is one of them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function authorization(
  request: { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  scope: { readonly region: string; readonly service: string },
  key: Pick<AwsKey, "accessKeyId" | "secretAccessKey">,
): string {
  const { path, headers, body } = request;
  const names = Object.keys(headers).sort();
  const signedHeaders = names.join(";");
  const canonicalHeaders = names
    .map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}\n`)
    .join("");
  const canonical = ["POST", path, "", canonicalHeaders, signedHeaders, sha256(body)].join("\n");
  const date = headers["x-amz-date"] ?? "";
  const day = date.slice(0, 8);
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = [ALGORITHM, date, credentialScope, sha256(canonical)].join("\n");
  const signature = hmac(signingKey(key.secretAccessKey, day, scope.region, scope.service), toSign).toString("hex");
  return `${ALGORITHM} Credential=${key.accessKeyId}/${credentialScope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
