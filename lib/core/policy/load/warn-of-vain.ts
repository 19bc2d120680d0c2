import type { Problems } from "../../yaml/problems.ts";
import { words } from "../words/words.ts";
import type { PolicyRelations } from "../lint/policy-relations.ts";
import { prepareConstraints, refusal, SOME_DAY } from "../constraint.ts";
import { allTags, type PlacedPolicy } from "./check-limits.ts";
import { areApart } from "../pattern/outline.ts";
import { exactValues, type PlacedConstraint, type PlacedRequiredTag } from "./compile-required-tag.ts";

/** So many pairs of what policies ask are compared: with more, the file is a list that somebody generated. */
const MOST_COMPARED = 20_000;

/**
 * Warns of policies that can't have what they want: no value satisfies both, or nothing can ever be written. Returns the
 * required tags that contradict an earlier one, of which no more need be said.
 */
export function warnOfVain(
  policies: readonly PlacedPolicy[],
  relations: PolicyRelations,
  problems: Problems,
): ReadonlySet<PlacedRequiredTag> {
  const contradicting = warnOfContradictions(policies, relations, problems);
  warnOfIdle(policies, problems);
  return contradicting;
}

/** No set of policies asks for more. */
const MOST_ASKED = 2 ** 25;

interface Demand {
  readonly index: number;
  readonly placed: PlacedPolicy;
  readonly required: PlacedRequiredTag;
  /** Numbers what it asks: equal ones have one number. */
  readonly asks: number;
}

function demandsByKey(policies: readonly PlacedPolicy[]): ReadonlyMap<string, readonly Demand[]> {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => numbers.get(text) ?? numbers.set(text, numbers.size).size - 1;
  const demands = policies.flatMap((placed, index) =>
    placed.tags.map((required): Demand => {
      const { constraints, allowBlank } = required.tag;
      return { index, placed, required, asks: numberOf(JSON.stringify([constraints, allowBlank])) };
    }),
  );
  return Map.groupBy(demands, ({ required }) => required.tag.key);
}

function warnOfContradictions(
  policies: readonly PlacedPolicy[],
  relations: PolicyRelations,
  problems: Problems,
): Set<PlacedRequiredTag> {
  const contradicting = new Set<PlacedRequiredTag>();
  let compared = 0;
  for (const [key, demands] of demandsByKey(policies)) {
    const listed = demands.filter(({ required }) => required.tag.constraints.length > 0);
    for (const { placed, required } of listed) {
      if (required.tag.allowBlank || !partIn(required.constraints)) continue;
      const message = `no value of ${key} matches both patterns that "${placed.policy.name}" holds it to, that of requiredTags and its own`;
      problems.warn(required.position, message, "unsatisfiable");
    }
    const known = new Map<number, boolean>();
    const doContradict = (one: Demand, other: Demand): boolean => {
      if (one.asks === other.asks) return false;
      const pair = one.asks * MOST_ASKED + other.asks;
      let answer = known.get(pair);
      if (answer === undefined) {
        if ((compared += 1) > MOST_COMPARED) return false;
        answer = contradict(one.required, other.required);
        known.set(pair, answer);
      }
      return answer;
    };
    for (const [place, later] of listed.entries()) {
      for (const earlier of listed.slice(0, place)) {
        if (!doContradict(earlier, later) || !relations.doMeet(earlier.index, later.index)) continue;
        const names = `"${earlier.placed.policy.name}" and "${later.placed.policy.name}"`;
        problems.warn(
          later.required.position,
          `no value of ${key} satisfies both ${names}, and a resource that both match is held to both: leave the ones of one out of the other with \`not\``,
          "unsatisfiable-together",
        );
        contradicting.add(later.required);
        break;
      }
    }
  }
  return contradicting;
}

/**
 * Whether no value passes all that both say: none of a list does, or two patterns part. Three constraints of which each
 * two have values in common aren't looked at together, and of patterns only what their outlines tell.
 */
function contradict(one: PlacedRequiredTag, other: PlacedRequiredTag): boolean {
  if (one.tag.allowBlank && other.tag.allowBlank) return false;
  // Another key of each may satisfy it, and the key itself be absent.
  if (hasOtherKeys(one) && hasOtherKeys(other)) return false;
  const together = [...one.tag.constraints, ...other.tag.constraints];
  const all = prepareConstraints(together, words);
  const isEmpty = together.some((constraint) => {
    const values = exactValues(constraint) ?? [];
    return values.length > 0 && values.every((value) => refusal(value, all, SOME_DAY) !== undefined);
  });
  return isEmpty || one.constraints.some((mine) => other.constraints.some((their) => partFrom(mine, their)));
}

function hasOtherKeys({ tag: { aliases = [], ignoreKeyCase } }: PlacedRequiredTag): boolean {
  return aliases.length > 0 || ignoreKeyCase === true;
}

/** Whether two of these constraints are patterns that part. */
function partIn(constraints: readonly PlacedConstraint[]): boolean {
  return constraints.some((one, index) => constraints.slice(0, index).some((other) => partFrom(one, other)));
}

function partFrom(one: PlacedConstraint, other: PlacedConstraint): boolean {
  if (one === other || one.outline === undefined || other.outline === undefined) return false;
  const [mine, theirs] = [one.outline(), other.outline()];
  return mine !== undefined && theirs !== undefined && areApart(mine, theirs);
}

/** A policy that enforces, and has no key that any default or other spelling could fill. */
function warnOfIdle(policies: readonly PlacedPolicy[], problems: Problems): void {
  const filled = new Set(
    policies.flatMap((placed) =>
      allTags(placed).flatMap(({ tag }) => (tag.default !== undefined || tag.adoptNearMiss ? [tag.key] : [])),
    ),
  );
  for (const placed of policies) {
    const { policy, position } = placed;
    const tags = allTags(placed);
    if (policy.mode !== "enforce" || tags.length === 0 || tags.some(({ tag }) => filled.has(tag.key))) continue;
    problems.warn(
      position,
      `policy ${policy.name} says mode: enforce, and none of its keys has a default: it never writes anything`,
      "enforce-without-default",
    );
  }
}
