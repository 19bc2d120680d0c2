import type { BrokenPolicy } from "../evaluation.ts";
import type { Tags } from "../resource.ts";
import { isBlank, refusedBy } from "./constraint.ts";
import type { RequiredKey } from "./required-key.ts";

/** A key and the names of the policies that find it missing or invalid. */
export type Blame = readonly [key: string, policies: readonly string[]];

/** The policies that are broken where these keys are missing or invalid, in the order of `policies` and of the keys. */
export function brokenPolicies(policies: readonly string[], blames: readonly Blame[]): readonly BrokenPolicy[] {
  const keysOf = new Map<string, Set<string>>();
  for (const [key, blamed] of blames) {
    for (const policy of blamed) {
      const keys = keysOf.get(policy);
      if (keys === undefined) keysOf.set(policy, new Set([key]));
      else keys.add(key);
    }
  }
  return policies.flatMap((policy) => {
    const keys = keysOf.get(policy);
    return keys === undefined ? [] : [{ policy, keys: [...keys] }];
  });
}

/** Who finds a key missing or invalid on a resource with these tags: a value that one policy refuses may suit another. */
export function blameFor({ key, policies, againstBlank, constraint }: RequiredKey, tags: Tags, at: number): Blame {
  const value = tags.get(key);
  if (value === undefined) return [key, policies];
  return [key, isBlank(value) ? againstBlank : refusedBy(value, constraint, at)];
}
