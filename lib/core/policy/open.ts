import type { PolicySet } from "../evaluation.ts";
import type { CompiledPolicies } from "./compiled.ts";
import type { Search } from "./default.ts";
import { preparePolicySet, usesJmespath } from "./policy-set.ts";
import { preparePolicies, type PreparedPolicies } from "./prepare.ts";

/** Makes compiled policies ready to evaluate, with JMESPath loaded where one of them uses it. */
export async function openPolicySet(compiled: CompiledPolicies): Promise<PolicySet> {
  return preparePolicySet(compiled, await searchFor(compiled));
}

/** The same, with what audits ask besides. */
export async function openPolicies(compiled: CompiledPolicies): Promise<PreparedPolicies> {
  return preparePolicies(compiled, await searchFor(compiled));
}

/** What evaluates JMESPath, where one of these policies uses it. */
export async function searchFor(compiled: CompiledPolicies): Promise<Search | undefined> {
  return usesJmespath(compiled) ? (await import("./jmespath.ts")).search : undefined;
}
