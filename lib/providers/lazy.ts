import type { TagProvider } from "../app/ports/provider.ts";
import type { ProviderName } from "../core/resource.ts";
import type { ClientDeps } from "./client-deps.ts";
import type { AccountOf, Cloud } from "./cloud.ts";

/**
 * The clouds of `index.ts`, each a file of its own in a function's package: a cold start loads those of the configured
 * accounts only.
 */
const LAZY: { readonly [Name in ProviderName]: () => Promise<Cloud<AccountOf[Name]>> } = {
  alibaba: async () => (await import("./alibaba/index.ts")).alibaba,
  huawei: async () => (await import("./huawei/index.ts")).huawei,
  aws: async () => (await import("./aws/index.ts")).aws,
};

/** `createProvider`, once the account's cloud is loaded. */
export async function loadProvider<Name extends ProviderName>(
  account: AccountOf[Name] & { readonly provider: Name },
  deps: ClientDeps,
): Promise<TagProvider> {
  const cloud = await LAZY[account.provider]();
  return cloud.create(account, deps);
}
