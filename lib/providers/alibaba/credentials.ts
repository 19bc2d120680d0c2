import type { AlibabaAccountConfig, AlibabaLogin } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { cachedCredentials, type CachedCredentials } from "../credentials.ts";
import { assumeRole, assumeRoleWithOidc } from "./assume-role.ts";
import { alibabaClient } from "./client.ts";
import type { AlibabaKey } from "./sign.ts";

interface AlibabaCredentials extends AlibabaKey {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/** The key of an account: that of its login, or of the role that its login takes. */
export function alibabaCredentials(account: AlibabaAccountConfig, deps: ClientDeps): CachedCredentials<AlibabaKey> {
  const { assumeRoleArn, ...login } = account.credentials;
  if (assumeRoleArn === undefined) return loginCredentials(account, login, deps);
  const sts = alibabaClient(account, sharedLogin(account, login, deps), deps);
  return cachedCredentials<AlibabaKey>(account.account, deps, async (credential) => {
    return assumeRole(account, await credential(assumeRoleArn), sts, deps);
  });
}

const loginCredentials = (account: AlibabaAccountConfig, login: AlibabaLogin, deps: ClientDeps) =>
  cachedCredentials<AlibabaKey>(account.account, deps, (credential) =>
    fetchKey(account, login, { ...deps, credential }),
  );

async function fetchKey(
  account: AlibabaAccountConfig,
  login: AlibabaLogin,
  deps: ClientDeps,
): Promise<AlibabaCredentials> {
  if ("roleArn" in login) {
    return assumeRoleWithOidc(account, login, deps);
  }
  const { accessKeyId, accessKeySecret, securityToken } = login;
  return {
    accessKeyId: await deps.credential(accessKeyId),
    accessKeySecret: await deps.credential(accessKeySecret),
    ...(securityToken === undefined ? {} : { securityToken: await deps.credential(securityToken) }),
  };
}

/** By who resolves references, and by the references. */
const SHARED = new WeakMap<ClientDeps["credential"], Map<string, CachedCredentials<AlibabaKey>>>();

/**
 * The login that takes the roles of many members is made once for all of them. Its key isn't cut down to reading: it has to
 * take roles, and those are.
 */
function sharedLogin(
  account: AlibabaAccountConfig,
  login: AlibabaLogin,
  deps: ClientDeps,
): CachedCredentials<AlibabaKey> {
  const known = SHARED.get(deps.credential) ?? new Map<string, CachedCredentials<AlibabaKey>>();
  SHARED.set(deps.credential, known);
  const name = JSON.stringify(login);
  const shared = known.get(name) ?? loginCredentials(account, login, { ...deps, readOnly: false });
  known.set(name, shared);
  return shared;
}
