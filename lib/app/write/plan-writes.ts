import type { TextLimits, TypeContract } from "../../core/contract.ts";
import { lazily } from "../../core/lazily.ts";
import type { PlannedResource } from "../../core/plan/fit-to-limits.ts";
import { obviousPlan, planTask, type Plan, type PlanInput } from "../../core/plan/obvious.ts";
import { NO_TAGS } from "../../core/resource.ts";
import type { PlannedWrite, WriteAction } from "./pairs.ts";

/** Plans the calls of these writes, which all do the same. */
export function planWrites(action: WriteAction, writes: readonly PlannedWrite[]): Promise<Plan> {
  const contracts = new Map(writes.map(({ ref, route }) => [ref.type, route.contract]));
  const resources = writes.map(({ ref, reading, present = reading.tags, tags }) => ({
    resource: ref,
    current: present,
    tags: Array.from(tags, ([key, value]) => ({ key, value })),
  }));
  return planAction(action, resources, (type) => contracts.get(type));
}

/** Plans the calls that do this to the tags of these resources. */
export function planAction(
  action: WriteAction,
  resources: readonly PlannedResource[],
  contractFor: PlanInput["contractFor"],
): Promise<Plan> {
  if (action === "tag") return planCalls({ resources, contractFor });
  return planCalls({
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

/** A key that a resource has is legal, and taking it off needs no free slot: only the size of a call is limited. */
function untagging(contract: TypeContract): TypeContract {
  return { ...contract, tag: contract.untag, tagsPerResource: Infinity, key: ANY_TEXT, value: ANY_TEXT };
}

/** Needed where resources that may share a call miss different tags. */
export const planner = lazily(() => import("../../core/plan/plan.ts"));

/** `plan`, whose search is loaded where there is something to search for. */
async function planCalls(input: PlanInput): Promise<Plan> {
  const task = planTask(input);
  return obviousPlan(task) ?? (await planner()).searchPlan(task);
}
