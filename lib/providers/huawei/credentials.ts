import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { cachedCredentials, type CachedCredentials } from "../credentials.ts";
import { huaweiClient } from "./client.ts";
import type { HuaweiCredentials } from "./sign.ts";

interface Expiring {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/**
 * The key of an account: that of its login, or a temporary one of the agency that its login takes. Agencies have tokens as
 * well, which do not work with every service.
 */
export function huaweiCredentials(
  account: HuaweiAccountConfig,
  deps: ClientDeps,
): CachedCredentials<HuaweiCredentials> {
  const references = account.credentials;
  const login = cachedCredentials<HuaweiCredentials>(account.account, deps, async (credential) => {
    if ("token" in references) return { token: await credential(references.token) };
    const { accessKey, secretKey, securityToken } = references;
    return {
      accessKey: await credential(accessKey),
      secretKey: await credential(secretKey),
      ...(securityToken === undefined ? {} : { securityToken: await credential(securityToken) }),
    };
  });
  const agency = "assumeAgencyUrn" in references ? references.assumeAgencyUrn : undefined;
  if (agency === undefined) return login;
  const sts = huaweiClient(account, login, deps);
  return cachedCredentials<HuaweiCredentials & Expiring>(account.account, deps, async (credential) => {
    const { assumeAgency } = await import("./assume-agency.ts");
    return assumeAgency(account, await credential(agency), sts, deps);
  });
}
