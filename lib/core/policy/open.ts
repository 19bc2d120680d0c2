import type { CompiledPolicies } from "./compiled.ts";
import { searchFor } from "./open-policy-set.ts";
import { preparePolicies, type PreparedPolicies } from "./prepare.ts";

/**
 * Makes compiled policies ready for audits, with JMESPath loaded where one of them uses it. Enforcement needs less, and
 * opens a policy set.
 */
export async function openPolicies(compiled: CompiledPolicies): Promise<PreparedPolicies> {
  return preparePolicies(compiled, await searchFor(compiled));
}
