import { createHash } from "node:crypto";
import { CLOCK_SKEW_MS, type Cloud } from "../cloud.ts";
import { CloudError } from "../cloud-error.ts";
import { headerOf, type HttpRequest } from "../http-server.ts";
import { isSameText } from "../same-text.ts";
import { sign, stringToSign } from "./sigv4.ts";

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)$/;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

function badSignature(message: string): CloudError {
  return new CloudError(400, "InvalidSignatureException", message);
}

function checkScope(scope: string, date: string, { region, service }: Scope, cloud: Cloud): void {
  const [, year, month, day, hour, minute, second] = DATE.exec(date) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(cloud.now() - time) <= CLOCK_SKEW_MS)) {
    throw badSignature(`Signature expired or not yet current: ${date}`);
  }
  const expected = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  if (scope !== expected) {
    throw badSignature(`Credential should be scoped to ${expected.slice(9)} and to the date of X-Amz-Date.`);
  }
}

function unknownKey(): CloudError {
  return new CloudError(400, "UnrecognizedClientException", "The security token included in the request is invalid.");
}

interface Claim {
  readonly keyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readClaim(request: HttpRequest): Claim {
  const authorization = headerOf(request, "authorization");
  if (authorization === undefined) {
    throw new CloudError(400, "MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const [, keyId = "", scope = "", signedNames = "", signature = ""] = AUTHORIZATION.exec(authorization) ?? [];
  const signedHeaders = signedNames.split(";");
  if (!["host", "x-amz-date"].every((name) => signedHeaders.includes(name))) {
    const message = "Authorization header requires Credential, Signature, and SignedHeaders with host and x-amz-date.";
    throw new CloudError(400, "IncompleteSignatureException", message);
  }
  return { keyId, scope, signedHeaders, signature };
}

/** What a signature is good for. */
export interface Scope {
  readonly region: string;
  readonly service: string;
}

/** The account whose key signed the request for this region and service. Throws CloudError. */
export function authenticate(request: HttpRequest, where: Scope, cloud: Cloud): string {
  const { keyId, scope, signedHeaders, signature } = readClaim(request);
  const holder = cloud.keyring.find("aws", keyId);
  if (holder === undefined) throw unknownKey();
  const date = headerOf(request, "x-amz-date") ?? "";
  checkScope(scope, date, where, cloud);
  const payloadHash = createHash("sha256").update(request.body).digest("hex");
  const claimedHash = headerOf(request, "x-amz-content-sha256") ?? payloadHash;
  const text = stringToSign({
    method: request.method,
    path: request.path,
    query: new URLSearchParams(request.query),
    headers: new Map(signedHeaders.map((name) => [name, headerOf(request, name) ?? ""])),
    signedHeaders,
    date,
    scope,
    payloadHash,
  });
  if (claimedHash !== payloadHash || !isSameText(sign(text, scope, holder.secret), signature)) {
    throw badSignature("The request signature we calculated does not match the signature you provided.");
  }
  if ((headerOf(request, "x-amz-security-token") ?? "") !== (holder.securityToken ?? "")) throw unknownKey();
  return holder.account;
}
