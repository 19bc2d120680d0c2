import { scopeKey, type Resource } from "../resource.ts";
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

type Ask = (resource: Resource) => Asked;

/** What the policies ask at one place: the same of every resource there, or a question to each of them. */
interface Plan extends Place {
  readonly ask: Asked | Ask;
}

/** How many places are compared before the rest is looked up: most resources are at the place of one just before. */
const RECENT = 4;

/**
 * Finds what the policies ask of a resource. What they ask at a place (type, account, region) is worked out once;
 * only policies that look at ids or tags are asked again for each resource.
 */
export function requirementFinder(compiled: CompiledPolicies, search: Search): RequirementFinder {
  const matches = compiled.policies.map(({ match }) => prepareMatch(match));
  const require = requirements(compiled, search);
  const plans = new Map<string, Plan>();
  const recent: Plan[] = [];
  let oldest = 0;

  const lookUp = ({ type, account, region }: Place): Plan => {
    const key = scopeKey(type, account, region);
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = { type, account, region, ask: planFor(matches, { type, account, region }, require) };
      if (plans.size >= REMEMBERED) plans.clear();
      plans.set(key, plan);
    }
    recent[oldest] = plan;
    oldest = (oldest + 1) % RECENT;
    return plan;
  };
  const findPlan = (place: Place): Plan => {
    for (let index = 0; index < recent.length; index++) {
      const plan = recent[index];
      if (plan !== undefined && isAt(plan, place)) return plan;
    }
    return lookUp(place);
  };
  return (resource) => {
    const { ask } = findPlan(resource);
    return typeof ask === "function" ? ask(resource) : ask;
  };
}

function isAt(plan: Plan, { type, account, region }: Place): boolean {
  return plan.type === type && plan.region === region && plan.account === account;
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

function planFor(matches: readonly Match[], place: Place, require: Require): Asked | Ask {
  const here = matches.map((match) => match(place));
  if (here.every((matched) => typeof matched === "boolean")) {
    const requirement = require(place.type, here.map((matched) => (matched ? "1" : "0")).join(""));
    return { requirement, uncertain: false };
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
