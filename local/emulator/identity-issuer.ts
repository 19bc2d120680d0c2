import { generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";

/** What a token says. */
export interface IdentityClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
}

export interface TokenRequest {
  readonly audience?: string;
  readonly subject?: string;
  /** How long it is good for; 300 by default. */
  readonly seconds?: number;
}

/** What stands for AWS, a cluster or a CI: it signs the tokens with which a workload says who it is. */
export interface IdentityIssuer {
  readonly url: string;
  /** A JSON Web Token, signed with RS256. */
  issue(request: TokenRequest): string;
  /** Whether the last part of a token is this issuer's signature over the two before it. */
  isSignedByUs(token: string): boolean;
}

/** What RAM wants to find as the audience: https://www.alibabacloud.com/help/en/ram/user-guide/overview-of-oidc-based-sso */
export const AUDIENCE = "sts.aliyuncs.com";

const URL_OF_ISSUER = "https://issuer.emulated";
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

let made: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;
/** One pair for a process: it takes a while to make, and few need it. */
const keys = () => (made ??= generateKeyPairSync("rsa", { modulusLength: 2048 }));

export function createIdentityIssuer(now: () => number): IdentityIssuer {
  return {
    url: URL_OF_ISSUER,
    issue({ audience = AUDIENCE, subject = "tagwarden", seconds = 300 }) {
      const iat = Math.floor(now() / 1000);
      const claims: IdentityClaims = { iss: URL_OF_ISSUER, sub: subject, aud: audience, iat, exp: iat + seconds };
      const signed = `${encode({ alg: "RS256", typ: "JWT", kid: "emulated" })}.${encode(claims)}`;
      return `${signed}.${sign("sha256", Buffer.from(signed), keys().privateKey).toString("base64url")}`;
    },
    isSignedByUs(token) {
      const end = token.lastIndexOf(".");
      const signature = Buffer.from(token.slice(end + 1), "base64url");
      return verify("sha256", Buffer.from(token.slice(0, end)), keys().publicKey, signature);
    },
  };
}
