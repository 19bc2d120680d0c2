import type { CompiledPolicies } from "./compiled.ts";
import { preparePolicies, usesJmespath, type PreparedPolicies } from "./prepare.ts";

/** Makes compiled policies ready to evaluate, with JMESPath loaded where one of them uses it. */
export async function openPolicies(compiled: CompiledPolicies): Promise<PreparedPolicies> {
  return preparePolicies(compiled, usesJmespath(compiled) ? (await import("./jmespath.ts")).search : undefined);
}
