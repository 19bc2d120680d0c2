import { kindOfSdkError } from "../../providers/aws/sdk-errors.ts";
import type { AwsClients } from "./aws-clients.ts";

type StsSdk = typeof import("@aws-sdk/client-sts");

/** Seconds. The token is exchanged at once, and kept for a minute; serverless.yml allows no longer one. */
const DURATION_SECONDS = 300;

/** What is to be done, by the name of STS's error, of which the SDK knows some with `Exception` behind it. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    "OutboundWebIdentityFederationDisabled",
    "turn it on once in this AWS account: aws iam enable-outbound-web-identity-federation",
  ],
  [
    "AccessDenied",
    "allow sts:GetWebIdentityToken for this audience; deployed functions get it by the parameter webIdentityAudience",
  ],
]);

/**
 * A token, signed by AWS, that says which IAM role or user we are; whoever `audience` stands for can check it at the
 * account's issuer. Instead of a token, what is wrong. The SDK's command is looked for before it is used, because a
 * function's runtime brings an SDK of its own, which may be older. Throws what the SDK throws, but for what only people can
 * change.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export async function fetchWebIdentity(
  audience: string,
  sts: AwsClients["sts"],
  load: () => Promise<Partial<StsSdk>> = () => import("@aws-sdk/client-sts"),
): Promise<{ readonly token: string } | { readonly problem: string }> {
  const { GetWebIdentityTokenCommand } = await load();
  if (GetWebIdentityTokenCommand === undefined) {
    return { problem: "this AWS SDK has no GetWebIdentityToken, which came in November 2025; use a newer runtime" };
  }
  const input = { Audience: [audience], SigningAlgorithm: "RS256", DurationSeconds: DURATION_SECONDS };
  try {
    const { WebIdentityToken: token } = await (await sts()).send(new GetWebIdentityTokenCommand(input));
    return token === undefined ? { problem: "STS answered without a token" } : { token };
  } catch (error) {
    if (kindOfSdkError(error) !== "access") throw error;
    const { name, message } = error instanceof Error ? error : { name: "an unknown error", message: "" };
    const remedy = REMEDIES.get(name.replace(/Exception$/, ""));
    return { problem: `STS answered ${name}: ${message}${remedy === undefined ? "" : ` (${remedy})`}` };
  }
}
