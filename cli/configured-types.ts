import type { AccountConfigBase } from "../lib/core/config.ts";
import { anyGlobMatcher } from "../lib/core/policy/glob.ts";
import { providerOf, type ResourceType } from "../lib/core/resource.ts";
import { allContracts } from "../lib/providers/index.ts";

/** The resource types that configured accounts take in: what a policy must be able to hold to. */
export function configuredTypes(
  accounts: readonly Pick<AccountConfigBase, "provider" | "types">[],
): readonly { readonly type: ResourceType }[] {
  const types = new Set<ResourceType>();
  for (const account of accounts) {
    const wanted = anyGlobMatcher(account.types);
    for (const type of allContracts.flatMap((contract) => contract.types)) {
      if (providerOf(type) === account.provider && (type.endsWith(":*:*") || wanted(type))) types.add(type);
    }
  }
  return [...types].map((type) => ({ type }));
}
