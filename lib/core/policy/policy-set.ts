import type { PolicySet } from "../evaluation.ts";
import type { Resource } from "../resource.ts";
import type { CompiledDefault, CompiledPolicies, CompiledPolicy } from "./compiled.ts";
import { decide } from "./decide.ts";
import { evaluate } from "./evaluate.ts";
import { prepareExemptions } from "./exemption.ts";
import { requirementFinder } from "./place-plan.ts";
import { askedTags, type Means } from "./required-key.ts";
import { forbidsKeys, usesWords, WITHOUT_WORDS, type Search } from "./words.ts";

/**
 * Makes compiled policies ready to evaluate. Regular expressions are built here, once, and nothing is read or parsed.
 * `search` is needed where they use JMESPath, `words` where they say what few do: `openPolicySet` knows.
 */
export function preparePolicySet(
  compiled: CompiledPolicies,
  { search = noSearch(compiled), words = noWords(compiled) }: Partial<Means> = {},
): PolicySet {
  const find = requirementFinder(compiled, { search, words });
  const exemptions = prepareExemptions(compiled.exemptions);
  const rechecking = compiled.policies.filter(({ recheck }) => recheck === true);
  return {
    hash: compiled.hash,
    evaluate: (resource, at) => evaluate(resource, find(resource), exemptions, at),
    decide(resource, evaluation, at) {
      const { requirement } = find(resource);
      return requirement === undefined ? [] : decide(resource, evaluation, requirement, at);
    },
    ...(forbidsKeys(compiled) && {
      redacted: (resource: Resource) =>
        resource.tags && (find(resource).requirement?.rare?.redacted(resource.tags) ?? resource.tags),
    }),
    ...(rechecking.length > 0 && {
      rechecking: preparePolicySet({ ...compiled, policies: withoutRecheck(rechecking) }, { search, words }),
    }),
  };
}

/** So that the set of these policies holds no further one. */
function withoutRecheck(policies: readonly CompiledPolicy[]): CompiledPolicy[] {
  return policies.map((policy) => {
    const { recheck: _, ...others } = policy;
    return others;
  });
}

/** Whether a default of these policies is a JMESPath expression. */
export function usesJmespath({ policies }: CompiledPolicies): boolean {
  return policies.some((policy) =>
    askedTags(policy).some((tag) => tag.default !== undefined && hasJmespath(tag.default)),
  );
}

function hasJmespath(source: CompiledDefault): boolean {
  if (source.kind === "first") return source.of.some(hasJmespath);
  if (source.kind !== "choice") return source.kind === "jmespath";
  const { cases, otherwise } = source;
  return cases.some(([, chosen]) => hasJmespath(chosen)) || (otherwise !== undefined && hasJmespath(otherwise));
}

/** Stands in where nothing is searched. */
function noSearch(compiled: CompiledPolicies): Search {
  if (usesJmespath(compiled)) throw new Error("these policies use JMESPath: open them by openPolicies");
  return () => undefined;
}

/** Stands in where nothing of that is said. */
function noWords(compiled: CompiledPolicies): undefined {
  if (usesWords(compiled)) throw new Error(WITHOUT_WORDS);
  return undefined;
}
