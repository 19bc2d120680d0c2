import { errorTable, type ErrorRule } from "../answer.ts";
import { BUSY_CODES } from "../busy-codes.ts";
import { AWS_ERRORS } from "./errors.ts";

/**
 * What the services say that hand out keys and secrets, and that only people can change. Whatever is in no table passes:
 * a key that can't be had just now says nothing of the resources that it is for.
 */
const RULES: readonly ErrorRule[] = [
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  ["MalformedPolicyDocument*", "access"],
  ["PackedPolicyTooLarge*", "access"],
  ["RegionDisabled*", "access"],
  ["InvalidIdentityToken*", "access"],
  ["IDPRejectedClaim*", "access"],
  ["ValidationError", "access"],
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
  ["OutboundWebIdentityFederationDisabled*", "access"],
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
  ["ResourceNotFoundException", "access"],
  ["InvalidParameterException", "access"],
  ["InvalidRequestException", "access"],
  ["DecryptionFailure*", "access"],
  // The SDK's own words where it finds no key or no region of ours.
  ["CredentialsProviderError", "access"],
  ["*", "access", { message: /^Region is missing/ }],
];

const kindOf = errorTable([...RULES, ...AWS_ERRORS, ...BUSY_CODES]);

/** What an error of an AWS SDK client means that was asked for a key or a secret. */
export function kindOfSdkError(error: unknown): "access" | "throttled" | "transient" {
  if (!(error instanceof Error)) return "transient";
  const { name: code, message } = error;
  const kind = kindOf({ code, message, status: statusOf(error) });
  return kind === "access" || kind === "throttled" ? kind : "transient";
}

/** STS is switched off in the region that was asked, and may be on in another. */
export function isRegionDisabled(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith("RegionDisabled");
}

/** 0 where nobody answered. */
function statusOf(error: Error): number {
  const metadata: unknown = "$metadata" in error ? error.$metadata : undefined;
  const isAnswer = typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata;
  return isAnswer && typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : 0;
}
