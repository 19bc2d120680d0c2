import type { AwsAccountConfig } from "../../core/config/config.ts";
import { credentialsUnavailable } from "../credentials.ts";
import { DEFAULT_TIMEOUT_MS } from "../http.ts";
import { isRegionDisabled, kindOfSdkError } from "./sdk-errors.ts";
import type { AwsKey } from "./sign.ts";
import { stsRegions } from "./sts-regions.ts";

export interface AwsCredentials extends AwsKey {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

interface KeyDeps {
  readonly credential: (reference: string) => Promise<string>;
  /** For all that is asked for a key, as for each of the calls that it is for. */
  readonly timeoutMs?: number | undefined;
  /** True: the key of a role may do what reading takes, and nothing else that the role may. */
  readonly readOnly?: boolean | undefined;
}

/**
 * The key of an account: the configuration's own, a role's, or what the SDK's chain finds. The SDK is loaded only for
 * the latter two, and only when they are needed: it would weigh more than everything else that a function loads. It asks
 * once, and once more in another region where STS can't be reached or is down: who needs the key repeats its call within
 * the time that there is.
 * @throws ProviderError where STS or the chain has none: final for nobody, and of kind access only where a table says so.
 */
export async function fetchAwsKey(
  account: AwsAccountConfig,
  { credential, timeoutMs = DEFAULT_TIMEOUT_MS, readOnly = false }: KeyDeps,
): Promise<AwsCredentials> {
  const references = account.credentials;
  if (references !== undefined && "accessKeyId" in references) {
    const { accessKeyId, secretAccessKey, sessionToken } = references;
    return {
      accessKeyId: await credential(accessKeyId),
      secretAccessKey: await credential(secretAccessKey),
      ...(sessionToken === undefined ? {} : { sessionToken: await credential(sessionToken) }),
    };
  }
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const regions = await stsRegions(account.partition);
  const askMs = timeoutMs / regions.length;
  const requestHandler = { connectionTimeout: askMs, requestTimeout: askMs, throwOnRequestTimeout: true };
  const clientConfig = (region: string) => ({ region, maxAttempts: 1, requestHandler });
  if (references === undefined) {
    return keyFrom(regions, account, (region) => fromNodeProviderChain({ clientConfig: clientConfig(region) })());
  }
  const { roleArn, externalId } = references;
  const params = {
    RoleArn: roleArn,
    RoleSessionName: "tagwarden",
    ...(externalId === undefined ? {} : { ExternalId: await credential(externalId) }),
    // The role's rights are cut down to these: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    ...(readOnly && { Policy: await readingPolicy() }),
  };
  return keyFrom(regions, account, (region) =>
    fromTemporaryCredentials({ params, clientConfig: clientConfig(region) })(),
  );
}

async function readingPolicy(): Promise<string> {
  const [{ AWS_PERMISSIONS, awsPolicy }, { permissionsFor }] = await Promise.all([
    import("./permissions.ts"),
    import("../permission.ts"),
  ]);
  return JSON.stringify(awsPolicy(permissionsFor(AWS_PERMISSIONS, ["read"])));
}

interface SdkIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

async function keyFrom(
  [own, other]: readonly [string, string],
  { account }: AwsAccountConfig,
  askIn: (region: string) => Promise<SdkIdentity>,
): Promise<AwsCredentials> {
  try {
    return keyOf(await askIn(own));
  } catch (error) {
    const kind = kindOfSdkError(error);
    const key = kind === "transient" || isRegionDisabled(error) ? await keyOrNone(() => askIn(other)) : undefined;
    if (key !== undefined) return key;
    throw credentialsUnavailable(account, kind, error);
  }
}

/** What the other region says against it is left unsaid: a region that we may not use says nothing of our own. */
async function keyOrNone(ask: () => Promise<SdkIdentity>): Promise<AwsCredentials | undefined> {
  try {
    return keyOf(await ask());
  } catch {
    return undefined;
  }
}

function keyOf({ accessKeyId, secretAccessKey, sessionToken, expiration }: SdkIdentity): AwsCredentials {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiresAt: expiration.getTime() }),
  };
}
