import type { PolicySet } from "../evaluation.ts";
import type { CompiledPolicies } from "./compiled.ts";
import { preparePolicySet, usesJmespath } from "./policy-set.ts";
import { usesWords, type Search } from "./words.ts";

/** Makes compiled policies ready to evaluate, with what one of them uses loaded. */
export async function openPolicySet(compiled: CompiledPolicies): Promise<PolicySet> {
  const search = await searchFor(compiled);
  const words = usesWords(compiled) ? (await import("./words/words.ts")).words : undefined;
  return preparePolicySet(compiled, { ...(search && { search }), words });
}

/** JMESPath, where one of these policies uses it. */
export async function searchFor(compiled: CompiledPolicies): Promise<Search | undefined> {
  return usesJmespath(compiled) ? (await import("./jmespath.ts")).search : undefined;
}
