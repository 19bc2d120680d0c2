import type { CompiledPolicies } from "../compiled.ts";
import { searchFor } from "../open-policy-set.ts";
import { prepareExplain, type Explain } from "./explain.ts";

/** Makes compiled policies ready to be asked why, with JMESPath loaded where one of them uses it. */
export async function openExplain(compiled: CompiledPolicies): Promise<Explain> {
  const search = await searchFor(compiled);
  return prepareExplain(compiled, search ?? (() => undefined));
}
