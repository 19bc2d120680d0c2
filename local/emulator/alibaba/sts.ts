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
import type { Parameters } from "./parameters.ts";

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

function assumeRoleWithOidc({ cloud, parameters, account }: AlibabaCall): AlibabaBody {
  const known = roleOf(account);
  const isServed = cloud.keyring.accounts("alibaba").some((one) => one.account === account);
  if (!isServed || required(parameters, "OIDCProviderArn") !== known.oidcProviderArn) {
    throw unauthenticated("NoPermission", "No such OIDC Provider registered.");
  }
  const session = required(parameters, "RoleSessionName");
  if (!SESSION_NAME.test(session)) {
    throw new CloudError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
  }
  const seconds = wholeNumber(parameters.get("DurationSeconds"), DURATION, () => {
    return new CloudError(
      400,
      "InvalidParameter.DurationSeconds",
      "The Min/Max value of DurationSeconds is 15min/1hr.",
    );
  });
  const claims = claimsOf(required(parameters, "OIDCToken"), cloud.issuer, cloud.now());
  if (parameters.get("RoleArn") !== known.roleArn) {
    throw new CloudError(404, "EntityNotExist.Role", "The role does not exist.");
  }
  const expiresAt = Math.floor(cloud.now() / 1000) * 1000 + seconds * 1000;
  const { keyId, secret, securityToken } = cloud.keyring.lend("alibaba", account, expiresAt);
  return {
    AssumedRoleUser: { Arn: `${known.roleArn.replace(":role/", ":assumed-role/")}/${session}`, AssumedRoleId: "3" },
    OIDCTokenInfo: { Subject: claims.sub, Issuer: claims.iss, ClientIds: claims.aud, VerificationInfo: "Success" },
    Credentials: {
      AccessKeyId: keyId,
      AccessKeySecret: secret,
      SecurityToken: securityToken,
      Expiration: isoTime(expiresAt),
    },
  };
}

const exchange: AlibabaAction = {
  accountOf: (parameters) => /^acs:ram::([0-9]+):/.exec(required(parameters, "RoleArn"))?.[1] ?? "",
  types: () => ["alibaba:sts:role"],
  resourceIds: (parameters) => [parameters.get("RoleArn") ?? ""],
  run: assumeRoleWithOidc,
};

/** STS, of which the one call is served that takes a role with a token. */
export const sts: AlibabaService = {
  name: "alibaba:sts",
  version: "2015-04-01",
  actions: { AssumeRoleWithOIDC: exchange },
};
