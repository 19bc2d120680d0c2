import type { TagProvider } from "../app/ports/provider.ts";
import type { ProviderName } from "../core/resource.ts";
import type { ClientDeps } from "./client-deps.ts";
import type { AccountOf, Cloud } from "./cloud.ts";

/**
 * What `index.ts` makes providers with. Each cloud's client and tables are a file of its own in a function's package: a
 * cold start loads those of the configured accounts only.
 */
const LAZY: {
  readonly [Name in ProviderName]: (account: AccountOf[Name]) => Promise<Cloud<AccountOf[Name]>["create"]>;
} = {
  alibaba: async (account) => (await import("./alibaba/load.ts")).loadAlibaba(account),
  huawei: async (account) => (await import("./huawei/load.ts")).loadHuawei(account),
  aws: async () => (await import("./aws/provider.ts")).awsProvider,
};

/** `createProvider`, once the account's cloud is loaded. */
export async function loadProvider<Name extends ProviderName>(
  account: AccountOf[Name] & { readonly provider: Name },
  deps: ClientDeps,
): Promise<TagProvider> {
  const create = await LAZY[account.provider](account);
  return create(account, deps);
}
