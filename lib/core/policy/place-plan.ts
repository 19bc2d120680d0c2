import type { Resource } from "../resource.ts";
import type { CompiledPolicies, CompiledPolicy } from "./compiled.ts";
import { prepareMatch, type Match, type Matched, type Place } from "./match.ts";
import { prepareRequirement, type Requirement } from "./requirement.ts";

/** How many places, and how many sets of policies, are remembered: nothing may grow without end. */
const REMEMBERED = 4_096;

/** What the policies ask of a resource; `uncertain`: its tags are unknown and would decide whether some match. */
export interface Asked {
  readonly requirement: Requirement | undefined;
  readonly uncertain: boolean;
}

export type RequirementFinder = (resource: Resource) => Asked;

interface PreparedPolicy {
  readonly policy: CompiledPolicy;
  readonly match: Match;
}

type Plan = (resource: Resource) => Asked;

const NOT_APPLICABLE: Asked = { requirement: undefined, uncertain: false };

/**
 * Finds what the policies ask of a resource. What they ask at a place (type, account, region) is worked out once;
 * only policies that look at ids or tags are asked again for each resource.
 */
export function requirementFinder(compiled: CompiledPolicies): RequirementFinder {
  const policies = compiled.policies.map((policy) => ({ policy, match: prepareMatch(policy.match) }));
  const plans = new Map<string, Map<string, Map<string, Plan>>>();
  let count = 0;
  let last: Place = { type: "", account: "", region: "" };
  let lastPlan: Plan = () => NOT_APPLICABLE;
  let empty = true;
  return (resource) => {
    const { type, account, region } = resource;
    if (empty || last.region !== region || last.type !== type || last.account !== account) {
      let plan = plans.get(type)?.get(account)?.get(region);
      if (plan === undefined) {
        if (count >= REMEMBERED) {
          plans.clear();
          count = 0;
        }
        plan = planFor(policies, { type, account, region }, compiled);
        remember(plans, { type, account, region }, plan);
        count += 1;
      }
      last = { type, account, region };
      lastPlan = plan;
      empty = false;
    }
    return lastPlan(resource);
  };
}

function remember(plans: Map<string, Map<string, Map<string, Plan>>>, place: Place, plan: Plan): void {
  const ofType = plans.get(place.type) ?? new Map<string, Map<string, Plan>>();
  plans.set(place.type, ofType);
  const ofAccount = ofType.get(place.account) ?? new Map<string, Plan>();
  ofType.set(place.account, ofAccount);
  ofAccount.set(place.region, plan);
}

function planFor(policies: readonly PreparedPolicy[], place: Place, compiled: CompiledPolicies): Plan {
  const here: { policy: CompiledPolicy; asks: ((resource: Resource) => Matched) | undefined }[] = [];
  for (const { policy, match } of policies) {
    const matched = match(place);
    if (matched !== false) here.push({ policy, asks: matched === true ? undefined : matched });
  }
  const require = (matching: readonly CompiledPolicy[]): Requirement | undefined =>
    matching.length === 0 ? undefined : prepareRequirement(matching, place.type, compiled.limits);
  if (here.every(({ asks }) => asks === undefined)) {
    const asked: Asked = { requirement: require(here.map(({ policy }) => policy)), uncertain: false };
    return () => asked;
  }
  const bySelection = new Map<string, Requirement | undefined>();
  return (resource) => {
    let selection = "";
    let uncertain = false;
    for (const { asks } of here) {
      const matched = asks === undefined ? "yes" : asks(resource);
      if (matched === "maybe") uncertain = true;
      selection += matched === "yes" ? "1" : "0";
    }
    let requirement = bySelection.get(selection);
    if (requirement === undefined && selection.includes("1")) {
      requirement = require(here.filter((_, index) => selection[index] === "1").map(({ policy }) => policy));
      if (bySelection.size >= REMEMBERED) bySelection.clear();
      bySelection.set(selection, requirement);
    }
    return { requirement, uncertain };
  };
}
