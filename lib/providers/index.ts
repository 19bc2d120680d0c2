import type { AccountConfigBase } from "../core/config/config.ts";
import type { TagProvider } from "../app/ports/provider.ts";
import type { TypeContract } from "../core/contract.ts";
import { PROVIDERS, type ProviderName } from "../core/resource.ts";
import { alibaba } from "./alibaba/index.ts";
import { aws } from "./aws/index.ts";
import type { ClientDeps } from "./client-deps.ts";
import type { AccountOf, Cloud, Rights } from "./cloud.ts";
import { huawei } from "./huawei/index.ts";

/** The clouds, for whoever may load all of them; functions have `lazy.ts`. */
export const CLOUDS: { readonly [Name in ProviderName]: Cloud<AccountOf[Name]> } = { alibaba, huawei, aws };

/** What can be tagged, and within which limits, on all clouds. */
export const allContracts: readonly TypeContract[] = PROVIDERS.flatMap((name) => CLOUDS[name].contracts);

/** The provider of a configured account. It fetches credentials and connects only when it is first called. */
export function createProvider<Name extends ProviderName>(
  account: AccountOf[Name] & { readonly provider: Name },
  deps: ClientDeps,
): TagProvider {
  return CLOUDS[account.provider].create(account, deps);
}

/** What an account has to allow for our calls. */
export function rightsFor({ provider, types = [] }: Pick<AccountConfigBase, "provider" | "types">): Rights {
  const cloud = CLOUDS[provider];
  return cloud.rightsOf?.(types) ?? cloud;
}
