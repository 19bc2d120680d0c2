import { createHash } from "node:crypto";
import { CLOCK_SKEW_MS, type Cloud } from "../cloud.ts";
import { headerOf, type HttpRequest } from "../http-server.ts";
import type { KeyHolder } from "../keyring.ts";
import { isSameText } from "../same-text.ts";
import { huaweiError } from "./errors.ts";
import { sign, stringToSign } from "./signature.ts";

const AUTHORIZATION = /^SDK-HMAC-SHA256 +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)$/;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** The codes of a service for what is wrong with a token; the gateway's own where it has none. */
export interface TokenErrors {
  readonly missing: string;
  readonly wrong: string;
}

function checkDate(date: string, cloud: Cloud): void {
  const [, year, month, day, hour, minute, second] = DATE.exec(date) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(cloud.now() - time) <= CLOCK_SKEW_MS)) {
    throw huaweiError("APIGW.0301", "AK SK signature expired or X-Sdk-Date malformed");
  }
}

function holderOfKey(request: HttpRequest, authorization: string, cloud: Cloud): KeyHolder {
  const [, keyId = "", signedNames = "", signature = ""] = AUTHORIZATION.exec(authorization) ?? [];
  if (keyId === "") throw huaweiError("APIGW.0301", "the Authorization header is malformed");
  const holder = cloud.keyring.find("huawei", keyId);
  if (holder === undefined) throw huaweiError("APIGW.0301", "the access key does not exist");
  const signedHeaders = signedNames.split(";");
  if (!signedHeaders.includes("host") || !signedHeaders.includes("x-sdk-date")) {
    throw huaweiError("APIGW.0301", "host and x-sdk-date must be signed");
  }
  const date = headerOf(request, "x-sdk-date") ?? "";
  checkDate(date, cloud);
  const text = stringToSign({
    method: request.method,
    path: request.path,
    query: new URLSearchParams(request.query),
    headers: new Map(signedHeaders.map((name) => [name, headerOf(request, name) ?? ""])),
    signedHeaders,
    date,
    payloadHash: createHash("sha256").update(request.body).digest("hex"),
  });
  if (!isSameText(sign(text, holder.secret), signature)) throw huaweiError("APIGW.0301", "verify aksk signature fail");
  if (holder.expiresAt !== undefined && holder.expiresAt <= cloud.now()) {
    throw huaweiError("APIGW.0301", "the security token has expired");
  }
  if ((headerOf(request, "x-security-token") ?? "") !== (holder.securityToken ?? "")) {
    throw huaweiError("APIGW.0301", "the security token is missing or does not belong to the access key");
  }
  return holder;
}

/** Whose key signed the request, or whose token it carries. Throws CloudError. */
export function authenticate(
  request: HttpRequest,
  cloud: Cloud,
  errors: TokenErrors,
): Pick<KeyHolder, "account" | "policy"> {
  const authorization = headerOf(request, "authorization");
  if (authorization !== undefined) return holderOfKey(request, authorization, cloud);
  const token = headerOf(request, "x-auth-token");
  if (token === undefined) throw huaweiError(errors.missing);
  const account = cloud.keyring.accountOfToken(token);
  if (account === undefined) throw huaweiError(errors.wrong);
  return { account };
}
