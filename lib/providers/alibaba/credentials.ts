import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { assumeRoleWithOidc } from "./assume-role.ts";
import type { AlibabaKey } from "./sign.ts";

interface AlibabaCredentials extends AlibabaKey {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/** The key of an account: the configuration's own, or a role's. */
export async function fetchAlibabaKey(account: AlibabaAccountConfig, deps: ClientDeps): Promise<AlibabaCredentials> {
  const references = account.credentials;
  if ("roleArn" in references) {
    return assumeRoleWithOidc(account, references, deps);
  }
  const { accessKeyId, accessKeySecret, securityToken } = references;
  return {
    accessKeyId: await deps.credential(accessKeyId),
    accessKeySecret: await deps.credential(accessKeySecret),
    ...(securityToken === undefined ? {} : { securityToken: await deps.credential(securityToken) }),
  };
}
