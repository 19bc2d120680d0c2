import { optsIn } from "../../lib/core/asked-types.ts";
import type { AccountConfigBase } from "../../lib/core/config/config.ts";
import { anyGlobMatcher } from "../../lib/core/glob.ts";
import type { ResourceType } from "../../lib/core/resource.ts";
import { CLOUDS } from "../../lib/providers/index.ts";

/** The resource types that configured accounts take in: what a policy must be able to hold to. */
export function configuredTypes(
  accounts: readonly Pick<AccountConfigBase, "provider" | "types">[],
): readonly { readonly type: ResourceType }[] {
  const types = new Set<ResourceType>();
  for (const account of accounts) {
    const wanted = anyGlobMatcher(account.types);
    const { contracts } = CLOUDS[account.provider];
    for (const contract of contracts.filter((one) => optsIn(account, one, contracts))) {
      for (const type of contract.types) if (type.endsWith(":*:*") || wanted(type)) types.add(type);
    }
  }
  return [...types].map((type) => ({ type }));
}
