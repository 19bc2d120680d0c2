import type { ProviderRegistry, TagProvider } from "../app/ports/provider.ts";

/** Finds providers by cloud and account. Of two for the same account the first counts. */
export function createRegistry(providers: readonly TagProvider[]): ProviderRegistry {
  return {
    all: providers,
    find: (provider, account) => providers.find((one) => one.provider === provider && one.account === account),
  };
}
