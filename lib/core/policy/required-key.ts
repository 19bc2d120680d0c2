import type { CompiledConstraint, CompiledPolicy, CompiledRequiredTag } from "./compiled.ts";
import { prepareConstraints, type Constraint } from "./constraint.ts";
import { prepareDefault, type Default, type Search } from "./default.ts";

/** One key as all policies that match a resource require it together. */
export interface RequiredKey {
  readonly key: string;
  /** The first constraint on its values. */
  readonly constraint: Constraint | undefined;
  readonly default: Default | undefined;
  readonly allowBlank: boolean;
  readonly overwrite: boolean;
  readonly adoptNearMiss: boolean;
  readonly enforced: boolean;
}

/**
 * Merges what the policies require, in file order. All constraints hold; the first default counts; one policy that
 * enforces a key is enough; a blank value passes, or a value may be overwritten, only where every policy says so.
 */
export function mergeRequired(policies: readonly CompiledPolicy[], search: Search): RequiredKey[] {
  const byKey = new Map<string, { tag: CompiledRequiredTag; enforced: boolean }[]>();
  for (const policy of policies) {
    for (const tag of policy.require) {
      const entry = { tag, enforced: policy.mode === "enforce" };
      const entries = byKey.get(tag.key);
      if (entries === undefined) byKey.set(tag.key, [entry]);
      else entries.push(entry);
    }
  }
  return [...byKey].map(([key, entries]) => {
    const source = entries.map(({ tag }) => tag.default).find((each) => each !== undefined);
    return {
      key,
      constraint: prepareConstraints(distinct(entries.flatMap(({ tag }) => tag.constraints))),
      default: source === undefined ? undefined : prepareDefault(source, search),
      allowBlank: entries.every(({ tag }) => tag.allowBlank),
      overwrite: entries.every(({ tag }) => tag.overwrite),
      adoptNearMiss: entries.some(({ tag }) => tag.adoptNearMiss),
      enforced: entries.some(({ enforced }) => enforced),
    };
  });
}

/** Two policies mostly share the key's own definition; testing it once is enough. */
function distinct(constraints: readonly CompiledConstraint[]): readonly CompiledConstraint[] {
  return [...new Map(constraints.map((constraint) => [JSON.stringify(constraint), constraint])).values()];
}
