import type { TextLimits } from "../contract.ts";
import type { CompiledLimits, CompiledPolicy } from "./compiled.ts";
import type { Search } from "./default.ts";
import { mergeRequired, type RequiredKey } from "./required-key.ts";
import { nearMissFinder, type NearMissFinder } from "./near-miss.ts";

/** What some policies together ask of a resource of one type. */
export interface Requirement {
  readonly policies: readonly string[];
  readonly keys: readonly RequiredKey[];
  /** The keys whose bit is set, as one shared list a mask: the same few are missing again and again. */
  byMask(mask: number): readonly string[];
  readonly nearMisses: NearMissFinder;
  /** What the type's provider takes; undefined where no provider is known for the type. */
  readonly limits: { readonly key: TextLimits; readonly value: TextLimits } | undefined;
}

export function prepareRequirement(
  policies: readonly CompiledPolicy[],
  type: string,
  { limits, search }: { readonly limits: readonly CompiledLimits[]; readonly search: Search },
): Requirement {
  const keys = mergeRequired(policies, search);
  return {
    policies: policies.map(({ name }) => name),
    keys,
    byMask: keysByMask(keys.map(({ key }) => key)),
    nearMisses: nearMissFinder(keys.map(({ key }) => key)),
    limits: limitsOf(type, limits),
  };
}

/** How many masks are remembered: all of 12 keys. */
const REMEMBERED = 4_096;

function keysByMask(keys: readonly string[]): (mask: number) => readonly string[] {
  const known = new Map<number, readonly string[]>();
  return (mask) => {
    let list = known.get(mask);
    if (list === undefined) {
      list = Object.freeze(keys.filter((_, bit) => (mask & (1 << bit)) !== 0));
      if (known.size >= REMEMBERED) known.clear();
      known.set(mask, list);
    }
    return list;
  };
}

function limitsOf(type: string, limits: readonly CompiledLimits[]): CompiledLimits | undefined {
  const exact = limits.find(({ types }) => types.includes(type));
  return exact ?? (type.startsWith("aws:") ? limits.find(({ types }) => types.includes("aws:*:*")) : undefined);
}
