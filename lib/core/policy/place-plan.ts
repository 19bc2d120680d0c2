import { scopeKey, type Resource } from "../resource.ts";
import type { CompiledPolicies } from "./compiled.ts";
import { matchFinder, type MatchFinder } from "./match-finder.ts";
import type { Place, PlaceMatch } from "./match.ts";
import type { Means } from "./required-key.ts";
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
export function requirementFinder(compiled: CompiledPolicies, means: Means): RequirementFinder {
  const finder = matchFinder(compiled.policies.map(({ match }) => match));
  const require = requirements(compiled, means);
  const plans = new Map<string, Plan>();
  const recent: Plan[] = [];
  let oldest = 0;

  const lookUp = ({ type, account, region }: Place): Plan => {
    const key = scopeKey(type, account, region);
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = { type, account, region, ask: planFor(finder, { type, account, region }, require) };
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

/** What the policies at these positions, in their order, ask of a resource of this type. */
type Require = (type: string, selected: readonly number[]) => Requirement | undefined;

function requirements({ policies, limits }: CompiledPolicies, means: Means): Require {
  const known = new Map<string, Requirement>();
  return (type, selected) => {
    if (selected.length === 0) return undefined;
    const key = `${selected.join()} ${type}`;
    let requirement = known.get(key);
    if (requirement === undefined) {
      const asking = selected.flatMap((position) => policies[position] ?? []);
      requirement = prepareRequirement(asking, type, { limits, ...means });
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, requirement);
    }
    return requirement;
  };
}

function planFor(finder: MatchFinder, place: Place, require: Require): Asked | Ask {
  const always: number[] = [];
  const perResource: { readonly position: number; readonly matched: PlaceMatch }[] = [];
  for (const { position, match } of finder.at(place)) {
    const matched = match(place);
    if (matched === true) always.push(position);
    else if (matched !== false) perResource.push({ position, matched });
  }
  const here = { requirement: require(place.type, always), uncertain: false };
  if (perResource.length === 0 && !finder.namesIds) return here;
  return (resource) => {
    const named = finder.naming(resource.id);
    if (perResource.length === 0 && named.length === 0) return here;
    const selected = [...always];
    let uncertain = false;
    const ask = (position: number, matched: PlaceMatch): void => {
      const answer = typeof matched === "boolean" ? matched : matched(resource);
      if (answer === "maybe") uncertain = true;
      if (answer === true || answer === "yes") selected.push(position);
    };
    for (const { position, matched } of perResource) ask(position, matched);
    for (const { position, match } of named) ask(position, match(place));
    selected.sort((a, b) => a - b);
    return { requirement: require(place.type, selected), uncertain };
  };
}
