import { createHash } from "node:crypto";
import { CLOCK_SKEW_MS, type Cloud } from "../cloud.ts";
import { CloudError } from "../cloud-error.ts";
import { headerOf, type HttpRequest } from "../http-server.ts";
import type { KeyHolder } from "../keyring.ts";
import { isSameText } from "../same-text.ts";
import type { Parameters } from "./parameters.ts";
import { signV1, signV3, stringToSignV1, stringToSignV3 } from "./signature.ts";

/** What a request claims, whichever signature it carries. */
interface Claim {
  readonly keyId: string;
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
  readonly securityToken: string | undefined;
  readonly signature: string;
  readonly stringToSign: string;
  readonly sign: (stringToSign: string, secret: string) => string;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const V3 = /^ACS3-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)$/;
const ALWAYS_SIGNED = ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"];

function missing(name: string): CloudError {
  return new CloudError(400, `Missing${name}`, `${name} is mandatory for this action.`);
}

function mismatch(stringToSign: string): CloudError {
  const message = "Specified signature is not matched with our calculation. server string to sign is:";
  return new CloudError(400, "SignatureDoesNotMatch", message + stringToSign);
}

function claimV1(request: HttpRequest, parameters: Parameters): Claim {
  for (const name of ["AccessKeyId", "Signature", "Timestamp", "SignatureNonce"]) {
    if ((parameters.get(name) ?? "") === "") throw missing(name);
  }
  const method = parameters.get("SignatureMethod") ?? "HMAC-SHA1";
  if (method !== "HMAC-SHA1" || (parameters.get("SignatureVersion") ?? "1.0") !== "1.0") {
    throw new CloudError(400, "InvalidParameter.SignatureMethod", "Specified signature method is not valid.");
  }
  return {
    keyId: parameters.get("AccessKeyId") ?? "",
    timestamp: parameters.get("Timestamp"),
    nonce: parameters.get("SignatureNonce"),
    securityToken: parameters.get("SecurityToken"),
    signature: parameters.get("Signature") ?? "",
    stringToSign: stringToSignV1(request.method, parameters.all),
    sign: signV1,
  };
}

function claimV3(request: HttpRequest, authorization: string): Claim {
  const [, keyId = "", signedNames = "", signature = ""] = V3.exec(authorization) ?? [];
  if (keyId === "") {
    throw new CloudError(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.");
  }
  const signedHeaders = signedNames.split(";");
  const present = Object.keys(request.headers).filter((name) => name.startsWith("x-acs-"));
  const unsigned = [...ALWAYS_SIGNED, ...present].find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) {
    throw new CloudError(400, "IncompleteSignature", `The header ${unsigned} must be present and signed.`);
  }
  const headers = new Map(signedHeaders.map((name) => [name, headerOf(request, name) ?? ""]));
  const payloadHash = createHash("sha256").update(request.body).digest("hex");
  const stringToSign = stringToSignV3({
    method: request.method,
    path: request.path,
    query: new URLSearchParams(request.query),
    headers,
    signedHeaders,
    payloadHash,
  });
  const claimedHash = headerOf(request, "x-acs-content-sha256");
  if (claimedHash !== undefined && claimedHash !== payloadHash) throw mismatch(stringToSign);
  return {
    keyId,
    timestamp: headerOf(request, "x-acs-date"),
    nonce: headerOf(request, "x-acs-signature-nonce"),
    securityToken: headerOf(request, "x-acs-security-token"),
    signature,
    stringToSign,
    sign: signV3,
  };
}

/** Whose key signed the request. Throws CloudError. */
export function authenticate(request: HttpRequest, parameters: Parameters, cloud: Cloud): KeyHolder {
  const authorization = headerOf(request, "authorization");
  const claim = authorization === undefined ? claimV1(request, parameters) : claimV3(request, authorization);
  const holder = cloud.keyring.find("alibaba", claim.keyId);
  if (holder === undefined) {
    throw new CloudError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
  }
  if (!TIMESTAMP.test(claim.timestamp ?? "")) {
    throw new CloudError(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
  }
  const age = cloud.now() - Date.parse(claim.timestamp ?? "");
  if (!(Math.abs(age) <= CLOCK_SKEW_MS)) {
    throw new CloudError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  if (!isSameText(claim.sign(claim.stringToSign, holder.secret), claim.signature)) throw mismatch(claim.stringToSign);
  const isExpired = holder.expiresAt !== undefined && holder.expiresAt <= cloud.now();
  if (isExpired || (claim.securityToken ?? "") !== (holder.securityToken ?? "")) {
    throw new CloudError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
  }
  if (!cloud.nonces.use(claim.keyId, claim.nonce ?? "")) {
    throw new CloudError(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
  }
  return holder;
}
