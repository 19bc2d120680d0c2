import type { Evaluation, TagDecision } from "../evaluation.ts";
import type { Resource, Tags } from "../resource.ts";
import type {
  CompiledConstraint,
  CompiledLimits,
  CompiledPolicies,
  CompiledPolicy,
  CompiledRequiredTag,
} from "./compiled.ts";

/**
 * What few policies say, prepared by `words/words.ts`: that is loaded where a policy says some of it, so that a cold
 * start with others needn't load it.
 */
export interface Words {
  /** Of a constraint that is neither a list of exact values nor a pattern. */
  testOf(constraint: CompiledConstraint): RareTest;
  /** What these policies together ask of a resource; undefined where they say nothing of it. */
  prepare(policies: readonly CompiledPolicy[], given: Given): RareRequirement | undefined;
}

/** Evaluates a JMESPath expression over a parsed JSON value. Throws where a function meets a value it doesn't take. */
export type Search = (record: unknown, expression: string) => unknown;

export interface RareTest {
  readonly test: (value: string, at: number) => boolean;
  /** Why it refuses a value, as a sentence fragment. */
  readonly reason: string;
}

export interface Given {
  readonly search: Search;
  /** What the provider of the resources takes; undefined where no provider is known for them. */
  readonly limits: Pick<CompiledLimits, "key" | "value"> | undefined;
}

export interface RareRequirement {
  /** Without exemptions. */
  inspect(resource: Resource, tags: Tags, at: number): Evaluation;
  decide(resource: Resource, evaluation: Evaluation, at: number): TagDecision[];
  /** What the policy file says of what is broken here; undefined = nothing. */
  about(evaluation: Evaluation): Evaluation["about"];
  /** Whether this policy forbids the key. */
  forbids(policy: string, key: string): boolean;
  /** These tags, with nothing in those of which the key is forbidden. */
  redacted(tags: Tags): Tags;
}

export const WITHOUT_WORDS = "these policies say what is loaded only where it is needed: open them by openPolicySet";

/** Whether a policy says some of it. */
export function usesWords({ policies }: Pick<CompiledPolicies, "policies">): boolean {
  return policies.some(
    ({ require, anyOf, forbid, keys, description, url }) =>
      [anyOf, forbid, keys, description, url].some((said) => said !== undefined) || require.some(isRare),
  );
}

/** Whether a policy forbids keys. */
export function forbidsKeys({ policies }: Pick<CompiledPolicies, "policies">): boolean {
  return policies.some(({ forbid, keys }) => forbid !== undefined || keys !== undefined);
}

function isRare({ constraints, aliases, ignoreKeyCase, description, url }: CompiledRequiredTag): boolean {
  return (
    [aliases, ignoreKeyCase, description, url].some((said) => said !== undefined) ||
    constraints.some((constraint) => !("pattern" in constraint || ("values" in constraint && !constraint.ignoreCase)))
  );
}
