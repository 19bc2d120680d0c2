import type { TextLimits } from "../contract.ts";
import type { CompiledLimits, CompiledPolicy } from "./compiled.ts";
import { mergeRequired, type RequiredKey } from "./required-key.ts";
import { nearMissFinder, type NearMissFinder } from "./near-miss.ts";

/** What some policies together ask of a resource of one type. */
export interface Requirement {
  readonly policies: readonly string[];
  readonly keys: readonly RequiredKey[];
  readonly nearMisses: NearMissFinder;
  /** What the type's provider takes; undefined where no provider is known for the type. */
  readonly limits: { readonly key: TextLimits; readonly value: TextLimits } | undefined;
}

export function prepareRequirement(
  policies: readonly CompiledPolicy[],
  type: string,
  limits: readonly CompiledLimits[],
): Requirement {
  const keys = mergeRequired(policies);
  return {
    policies: policies.map(({ name }) => name),
    keys,
    nearMisses: nearMissFinder(keys.map(({ key }) => key)),
    limits: limitsOf(type, limits),
  };
}

function limitsOf(type: string, limits: readonly CompiledLimits[]): CompiledLimits | undefined {
  const exact = limits.find(({ types }) => types.includes(type));
  return exact ?? (type.startsWith("aws:") ? limits.find(({ types }) => types.includes("aws:*:*")) : undefined);
}
