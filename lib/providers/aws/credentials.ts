import type { AwsAccountConfig } from "../../core/config.ts";
import type { AwsKey } from "./sign.ts";

export interface AwsCredentials extends AwsKey {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/**
 * The key of an account: the configuration's own, a role's, or what the SDK's chain finds. The SDK is loaded only for
 * the latter two, and only when they are needed: it would weigh more than everything else that a function loads.
 */
export async function fetchAwsKey(
  account: AwsAccountConfig,
  homeRegion: string,
  credential: (reference: string) => Promise<string>,
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
  const clientConfig = { region: homeRegion };
  if (references === undefined) return keyOf(await fromNodeProviderChain({ clientConfig })());
  const { roleArn, externalId } = references;
  const params = {
    RoleArn: roleArn,
    RoleSessionName: "tagwarden",
    ...(externalId === undefined ? {} : { ExternalId: await credential(externalId) }),
  };
  return keyOf(await fromTemporaryCredentials({ params, clientConfig })());
}

interface SdkIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

function keyOf({ accessKeyId, secretAccessKey, sessionToken, expiration }: SdkIdentity): AwsCredentials {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiresAt: expiration.getTime() }),
  };
}
