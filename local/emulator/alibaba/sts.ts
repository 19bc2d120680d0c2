import { CloudError } from "../cloud-error.ts";
import { AUDIENCE, type IdentityClaims, type IdentityIssuer } from "../identity-issuer.ts";
import {
  isoTime,
  wholeNumber,
  type AlibabaAction,
  type AlibabaBody,
  type AlibabaCall,
  type AlibabaService,
} from "./call.ts";
import { directoryOf, hasRole, isTrusted } from "../directory.ts";
import type { Parameters } from "./parameters.ts";
import { readSessionPolicy } from "./session-policy.ts";

/** The role that each emulated account has, and the identity provider that it trusts. */
export interface AlibabaRole {
  readonly roleArn: string;
  readonly oidcProviderArn: string;
}

export function roleOf(account: string): AlibabaRole {
  return {
    roleArn: `acs:ram::${account}:role/tagwarden`,
    oidcProviderArn: `acs:ram::${account}:oidc-provider/tagwarden`,
  };
}

/** Seconds: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc */
const DURATION = { from: 900, to: 3600, otherwise: 3600 };
const SESSION_NAME = /^[A-Za-z0-9.@_-]{2,64}$/;

/** https://help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-errorcodes */
const unauthenticated = (code: string, message: string): CloudError =>
  new CloudError(401, `AuthenticationFail.${code}`, message);

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value === "") throw new CloudError(400, `Missing${name}`, `${name} is mandatory for this action.`);
  return value;
}

/** What a token says, if our issuer signed it for us and it is still good. */
function claimsOf(token: string, issuer: IdentityIssuer, now: number): IdentityClaims {
  const parts = token.split(".");
  const [header = "", payload = ""] = parts;
  if (token.length > 20_000 || parts.length !== 3) {
    const message = "The number of Jwt field should be divided into 3 parts with '.' .";
    throw unauthenticated("OIDCToken.Invalid", message);
  }
  const { alg } = decoded<{ readonly alg?: string }>(header);
  if (alg !== "RS256") {
    const message = `The algorithm ${String(alg)} that be specified in Jwt header is unknown.`;
    throw unauthenticated("OIDCToken.Invalid", message);
  }
  const claims = decoded<IdentityClaims>(payload);
  if (claims.iss !== issuer.url) throw unauthenticated("OIDCToken.IssuerNotMatch", "Invalid issuer.");
  if (claims.aud !== AUDIENCE) throw unauthenticated("OIDCToken.AudienceNotMatch", "Invalid audience.");
  if (!issuer.isSignedByUs(token)) {
    throw unauthenticated("OIDCToken.InvalidSignature", "OIDC token validate failed: invalid signature.");
  }
  if (claims.exp * 1000 <= now) throw unauthenticated("OIDCToken.Expired", "This JsonWebToken is expired.");
  return claims;
}

function decoded<Part>(part: string): Partial<Part> & Part {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Part;
  } catch {
    throw unauthenticated("OIDCToken.Invalid", "The Jwt content is invalid that cannot be recognized.");
  }
}

/** What both ways of taking a role ask for. Throws CloudError. */
function readSession({ cloud, parameters }: Pick<AlibabaCall, "cloud" | "parameters">) {
  const name = required(parameters, "RoleSessionName");
  if (!SESSION_NAME.test(name)) {
    throw new CloudError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
  }
  const seconds = wholeNumber(parameters.get("DurationSeconds"), DURATION, () => {
    return new CloudError(
      400,
      "InvalidParameter.DurationSeconds",
      "The Min/Max value of DurationSeconds is 15min/1hr.",
    );
  });
  const expiresAt = Math.floor(cloud.now() / 1000) * 1000 + seconds * 1000;
  return { name, expiresAt, policy: readSessionPolicy(parameters.get("Policy")) };
}

const noSuchRole = (): CloudError => new CloudError(404, "EntityNotExist.Role", "The role does not exist.");

/** A key of the account that the role belongs to. */
function lendKey(
  { cloud }: Pick<AlibabaCall, "cloud">,
  { roleArn, account }: { readonly roleArn: string; readonly account: string },
  { name, expiresAt, policy }: ReturnType<typeof readSession>,
): AlibabaBody {
  const until = { expiresAt, ...(policy !== undefined && { policy }) };
  const { keyId, secret, securityToken } = cloud.keyring.lend("alibaba", account, until);
  return {
    AssumedRoleUser: { Arn: `${roleArn.replace(":role/", ":assumed-role/")}/${name}`, AssumedRoleId: "3" },
    Credentials: {
      AccessKeyId: keyId,
      AccessKeySecret: secret,
      SecurityToken: securityToken,
      Expiration: isoTime(expiresAt),
    },
  };
}

function isServed({ cloud }: Pick<AlibabaCall, "cloud">, account: string): boolean {
  return cloud.keyring.accounts("alibaba").some((one) => one.account === account);
}

function assumeRoleWithOidc(call: AlibabaCall): AlibabaBody {
  const { cloud, parameters, account } = call;
  const { roleArn, oidcProviderArn } = roleOf(account);
  if (!isServed(call, account) || required(parameters, "OIDCProviderArn") !== oidcProviderArn) {
    throw unauthenticated("NoPermission", "No such OIDC Provider registered.");
  }
  const session = readSession(call);
  const claims = claimsOf(required(parameters, "OIDCToken"), cloud.issuer, cloud.now());
  if (parameters.get("RoleArn") !== roleArn) throw noSuchRole();
  return {
    OIDCTokenInfo: { Subject: claims.sub, Issuer: claims.iss, ClientIds: claims.aud, VerificationInfo: "Success" },
    ...lendKey(call, { roleArn, account }, session),
  };
}

const ROLES = { usual: "ResourceDirectoryAccountAccessRole", inAnyCase: true };
const ROLE = /^acs:ram::([0-9]+):role\/([A-Za-z0-9.-]{1,64})$/;

/** Takes a role of the caller's own account, or of a member of the directory that the caller manages. */
function assumeRole(call: AlibabaCall): AlibabaBody {
  const roleArn = required(call.parameters, "RoleArn");
  const [, account = "", name = ""] = ROLE.exec(roleArn) ?? [];
  if (account === "") {
    throw new CloudError(400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.");
  }
  const session = readSession(call);
  const directory = directoryOf("alibaba", call.cloud.directory, call.cloud.keyring);
  if (!isServed(call, account) || !hasRole(directory, account, name, ROLES)) throw noSuchRole();
  if (!isTrusted(directory, account, call.account)) {
    const message = "You are not authorized to do this action. You should be authorized by RAM.";
    throw new CloudError(403, "NoPermission", message);
  }
  return lendKey(call, { roleArn, account }, session);
}

const aboutRole: Pick<AlibabaAction, "types" | "resourceIds"> = {
  types: () => ["alibaba:sts:role"],
  resourceIds: (parameters) => [parameters.get("RoleArn") ?? ""],
};

const exchange: AlibabaAction = {
  ...aboutRole,
  accountOf: (parameters) => /^acs:ram::([0-9]+):/.exec(required(parameters, "RoleArn"))?.[1] ?? "",
  run: assumeRoleWithOidc,
};

/** STS, of which the calls are served that take a role: with a token, and with a key. */
export const sts: AlibabaService = {
  name: "alibaba:sts",
  version: "2015-04-01",
  actions: { AssumeRoleWithOIDC: exchange, AssumeRole: { ...aboutRole, run: assumeRole } },
};
