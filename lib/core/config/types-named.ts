import { anyGlobMatcher } from "../glob.ts";
import { providerOf, type ResourceType } from "../resource.ts";
import type { Config } from "./config.ts";

/**
 * Whether an account's `types` name a type, as far as globs tell: what they don't match it has nothing to do with. An account
 * that isn't configured is taken to name all types, so that whoever reads its events can say what is missing.
 */
export function typesNamed(config: Pick<Config, "accounts">): (account: string, type: ResourceType) => boolean {
  const named = new Map(
    config.accounts.map(({ provider, account, types }) => [
      `${provider} ${account}`,
      types === undefined ? () => false : anyGlobMatcher(types),
    ]),
  );
  return (account, type) => named.get(`${String(providerOf(type))} ${account}`)?.(type) ?? true;
}
