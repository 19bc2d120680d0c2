import { globsMeet } from "../../glob.ts";
import type { Problems } from "../../yaml/problems.ts";
import type { CompiledMatch } from "../compiled.ts";
import { words } from "../words/words.ts";
import { prepareConstraints, refusal, SOME_DAY } from "../constraint.ts";
import { allTags, type PlacedPolicy } from "./check-limits.ts";
import { areApart } from "../pattern/outline.ts";
import { exactValues, type PlacedConstraint, type PlacedRequiredTag } from "./compile-required-tag.ts";

/** So many pairs of policies are compared: with more, the file is a list that somebody generated. */
const MOST_COMPARED = 2_000;

/** Warns of policies that can't have what they want: no value satisfies both, or nothing can ever be written. */
export function warnOfVain(policies: readonly PlacedPolicy[], problems: Problems): void {
  warnOfContradictions(policies, problems);
  warnOfIdle(policies, problems);
}

interface Demand {
  readonly placed: PlacedPolicy;
  readonly required: PlacedRequiredTag;
}

function demandsByKey(policies: readonly PlacedPolicy[]): ReadonlyMap<string, readonly Demand[]> {
  const demands = new Map<string, Demand[]>();
  for (const placed of policies) {
    for (const required of placed.tags) {
      const { key } = required.tag;
      const known = demands.get(key);
      if (known === undefined) demands.set(key, [{ placed, required }]);
      else known.push({ placed, required });
    }
  }
  return demands;
}

function warnOfContradictions(policies: readonly PlacedPolicy[], problems: Problems): void {
  let compared = 0;
  for (const [key, demands] of demandsByKey(policies)) {
    const listed = demands.filter(({ required }) => required.tag.constraints.length > 0);
    for (const { placed, required } of listed) {
      if (required.tag.allowBlank || !partIn(required.constraints)) continue;
      const message = `no value of ${key} matches both patterns that "${placed.policy.name}" holds it to, that of requiredTags and its own`;
      problems.warn(required.position, message, "unsatisfiable");
    }
    for (const [index, later] of listed.entries()) {
      for (const earlier of listed.slice(0, index)) {
        if ((compared += 1) > MOST_COMPARED) return;
        if (!meet(earlier.placed.policy.match, later.placed.policy.match)) continue;
        if (!contradict(earlier.required, later.required)) continue;
        const names = `"${earlier.placed.policy.name}" and "${later.placed.policy.name}"`;
        problems.warn(
          later.required.position,
          `no value of ${key} satisfies both ${names}, and a resource that both match is held to both: leave the ones of one out of the other with \`not\``,
          "unsatisfiable-together",
        );
        break;
      }
    }
  }
}

/** Whether some resource may be matched by both; with a `not`, nobody can tell without resources. */
function meet(one: CompiledMatch, other: CompiledMatch): boolean {
  if (one.not !== undefined || other.not !== undefined) return false;
  const fields = ["types", "accounts", "regions", "ids"] as const;
  if (!fields.every((field) => someMeet(one[field], other[field]))) return false;
  return (one.tags ?? []).every(([key, globs]) => {
    const theirs = other.tags?.find(([name]) => name === key)?.[1];
    return someMeet(globs, theirs);
  });
}

function someMeet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return one.some((glob) => other.some((their) => globsMeet(glob, their)));
}

/**
 * Whether no value passes all that both say: none of a list does, or two patterns part. Three constraints of which each
 * two have values in common aren't looked at together, and of patterns only what their outlines tell.
 */
function contradict(one: PlacedRequiredTag, other: PlacedRequiredTag): boolean {
  if (one.tag.allowBlank && other.tag.allowBlank) return false;
  const together = [...one.tag.constraints, ...other.tag.constraints];
  const all = prepareConstraints(together, words);
  const isEmpty = together.some((constraint) => {
    const values = exactValues(constraint) ?? [];
    return values.length > 0 && values.every((value) => refusal(value, all, SOME_DAY) !== undefined);
  });
  return isEmpty || one.constraints.some((mine) => other.constraints.some((their) => partFrom(mine, their)));
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
