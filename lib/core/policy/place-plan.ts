import type { Resource } from "../resource.ts";
import type { CompiledPolicies } from "./compiled.ts";
import type { Search } from "./default.ts";
import { prepareMatch, type Match, type Place } from "./match.ts";
import { prepareRequirement, type Requirement } from "./requirement.ts";

/** How many places, and how many sets of policies, are remembered: nothing may grow without end. */
const REMEMBERED = 4_096;

/** What the policies ask of a resource; `uncertain`: its tags are unknown and would decide whether some match. */
export interface Asked {
  readonly requirement: Requirement | undefined;
  readonly uncertain: boolean;
}

export type RequirementFinder = (resource: Resource) => Asked;

type Plan = (resource: Resource) => Asked;

/** The plans for one type; most resources of a type are at the place of the one before. */
interface PlansOfType {
  account: string;
  region: string;
  plan: Plan;
  readonly others: Map<string, Map<string, Plan>>;
}

/**
 * Finds what the policies ask of a resource. What they ask at a place (type, account, region) is worked out once;
 * only policies that look at ids or tags are asked again for each resource.
 */
export function requirementFinder(compiled: CompiledPolicies, search: Search): RequirementFinder {
  const matches = compiled.policies.map(({ match }) => prepareMatch(match));
  const require = requirements(compiled, search);
  const byType = new Map<string, PlansOfType>();
  let count = 0;

  const makePlan = ({ type, account, region }: Place): Plan => {
    if (count >= REMEMBERED) {
      byType.clear();
      count = 0;
    }
    count += 1;
    return planFor(matches, { type, account, region }, require);
  };

  return (resource) => {
    const { type, account, region } = resource;
    const plans = byType.get(type);
    if (plans === undefined) {
      const plan = makePlan(resource);
      byType.set(type, { account, region, plan, others: new Map([[account, new Map([[region, plan]])]]) });
      return plan(resource);
    }
    if (plans.region === region && plans.account === account) return plans.plan(resource);
    let plan = plans.others.get(account)?.get(region);
    if (plan === undefined) {
      plan = makePlan(resource);
      const ofAccount = plans.others.get(account) ?? new Map<string, Plan>();
      plans.others.set(account, ofAccount.set(region, plan));
    }
    plans.account = account;
    plans.region = region;
    plans.plan = plan;
    return plan(resource);
  };
}

/** What the policies whose places in this text hold a `1` ask of a resource of this type. */
type Require = (type: string, selection: string) => Requirement | undefined;

function requirements(compiled: CompiledPolicies, search: Search): Require {
  const known = new Map<string, Requirement>();
  return (type, selection) => {
    if (!selection.includes("1")) return undefined;
    const key = `${selection}${type}`;
    let requirement = known.get(key);
    if (requirement === undefined) {
      const selected = compiled.policies.filter((_, index) => selection[index] === "1");
      requirement = prepareRequirement(selected, type, { limits: compiled.limits, search });
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, requirement);
    }
    return requirement;
  };
}

function planFor(matches: readonly Match[], place: Place, require: Require): Plan {
  const here = matches.map((match) => match(place));
  if (here.every((matched) => typeof matched === "boolean")) {
    const requirement = require(place.type, here.map((matched) => (matched ? "1" : "0")).join(""));
    const asked: Asked = { requirement, uncertain: false };
    return () => asked;
  }
  return (resource) => {
    let selection = "";
    let uncertain = false;
    for (const matched of here) {
      const answer = typeof matched === "boolean" ? matched : matched(resource);
      if (answer === "maybe") uncertain = true;
      selection += answer === true || answer === "yes" ? "1" : "0";
    }
    return { requirement: require(place.type, selection), uncertain };
  };
}
