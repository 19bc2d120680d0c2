import { findContract, type TextLimits } from "../contract.ts";
import type { BrokenPolicy } from "../evaluation.ts";
import { brokenPolicies } from "./broken.ts";
import type { CompiledLimits, CompiledPolicy } from "./compiled.ts";
import { mergeRequired, type Means, type RequiredKey } from "./required-key.ts";
import type { RareRequirement } from "./words.ts";
import { nearMissFinder, type NearMissFinder } from "./near-miss.ts";

/** What some policies together ask of a resource of one type. */
export interface Requirement {
  readonly policies: readonly string[];
  readonly keys: readonly RequiredKey[];
  /** The keys whose bit is set, as shared lists: the same few are missing again and again. */
  byMask(mask: number): MaskedKeys;
  /** The mask of the keys of which one policy may take a value, blank or not, that another one refuses. */
  readonly disputed: number;
  readonly nearMisses: NearMissFinder;
  /** What else they say; then it judges and decides. */
  readonly rare: RareRequirement | undefined;
  /** What the type's provider takes; undefined where no provider is known for the type. */
  readonly limits: { readonly key: TextLimits; readonly value: TextLimits } | undefined;
}

export interface MaskedKeys {
  readonly keys: readonly string[];
  /** The policies that are broken where all that require one of these keys find it missing or invalid. */
  readonly broken: readonly BrokenPolicy[];
}

export function prepareRequirement(
  policies: readonly CompiledPolicy[],
  type: string,
  { limits, search, words }: Means & { readonly limits: readonly CompiledLimits[] },
): Requirement {
  const keys = mergeRequired(policies, { search, words });
  const own = findContract(limits, type);
  const names = policies.map(({ name }) => name);
  return {
    policies: names,
    keys,
    byMask: keysByMask(names, keys),
    disputed: keys.reduce((mask, { isDisputed }, bit) => (isDisputed ? mask | (1 << bit) : mask), 0),
    nearMisses: nearMissFinder(keys.map(({ key }) => key)),
    rare: words?.prepare(policies, { search, limits: own }),
    limits: own,
  };
}

/** How many masks are remembered: all of 12 keys. */
const REMEMBERED = 4_096;

function keysByMask(policies: readonly string[], keys: readonly RequiredKey[]): Requirement["byMask"] {
  const known = new Map<number, MaskedKeys>();
  // The same mask is mostly asked for twice in a row: for what is missing, and for who is broken.
  let last: { readonly mask: number; readonly masked: MaskedKeys } | undefined;
  return (mask) => {
    if (last?.mask === mask) return last.masked;
    let masked = known.get(mask);
    if (masked === undefined) {
      const chosen = keys.filter((_, bit) => (mask & (1 << bit)) !== 0);
      masked = {
        keys: Object.freeze(chosen.map(({ key }) => key)),
        broken: Object.freeze(
          brokenPolicies(
            policies,
            chosen.map((required) => [required.key, required.policies]),
          ),
        ),
      };
      if (known.size >= REMEMBERED) known.clear();
      known.set(mask, masked);
    }
    last = { mask, masked };
    return masked;
  };
}
