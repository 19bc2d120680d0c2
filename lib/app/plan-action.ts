import type { TextLimits, TypeContract } from "../core/contract.ts";
import { plan, type Plan, type PlannedResource, type PlanInput } from "../core/plan.ts";
import { NO_TAGS } from "../core/resource.ts";
import type { WriteAction } from "./ledger.ts";

/** Plans the calls that do this to the tags of these resources. */
export function planAction(
  action: WriteAction,
  resources: readonly PlannedResource[],
  contractFor: PlanInput["contractFor"],
): Plan {
  if (action === "tag") return plan({ resources, contractFor });
  return plan({
    resources: resources.map(({ resource, tags }) => ({
      resource,
      // Keys are taken off whatever their values are, so resources may share a call although the values differ.
      current: NO_TAGS,
      tags: tags.map(({ key }) => ({ key, value: "" })),
    })),
    contractFor(type) {
      const contract = contractFor(type);
      return contract && untagging(contract);
    },
  });
}

const ANY_TEXT: TextLimits = { minLength: 0, maxLength: Infinity, forbiddenPrefixes: [], forbiddenParts: [] };

/** A key that is there is a legal one, and taking it off needs no slot: what is left are the sizes of a call. */
function untagging(contract: TypeContract): TypeContract {
  return { ...contract, tag: contract.untag, tagsPerResource: Infinity, key: ANY_TEXT, value: ANY_TEXT };
}
