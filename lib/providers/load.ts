import type { TagProvider } from "../app/ports/provider.ts";
import type { AccountConfig } from "../core/config/config.ts";
import type { ClientDeps } from "./client-deps.ts";

/**
 * The provider of a configured account, like `createProvider`. Each cloud's client is a file of its own in a function's
 * package, so that a cold start loads those of the configured clouds only.
 */
export async function loadProvider(account: AccountConfig, deps: ClientDeps): Promise<TagProvider> {
  switch (account.provider) {
    case "alibaba":
      return (await import("./alibaba/provider.ts")).alibabaProvider(account, deps);
    case "huawei":
      return (await import("./huawei/provider.ts")).huaweiProvider(account, deps);
    case "aws":
      return (await import("./aws/provider.ts")).awsProvider(account, deps);
  }
}
