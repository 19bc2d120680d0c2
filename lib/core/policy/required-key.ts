import type { CompiledConstraint, CompiledPolicy, CompiledRequiredTag } from "./compiled.ts";
import { prepareConstraints, type Constraint } from "./constraint.ts";
import { prepareDefault, type Default } from "./default.ts";
import type { Search, Words } from "./words.ts";

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
  /** Names of the policies that require it, in file order. */
  readonly policies: readonly string[];
  /** Those of them for which a blank value is a missing one. */
  readonly againstBlank: readonly string[];
  /** Whether one of them may take a value, blank or not, that another one refuses. */
  readonly isDisputed: boolean;
}

/**
 * Merges what the policies require, in file order. All constraints hold; the first default counts; one policy that
 * enforces a key is enough; a blank value passes, or a value may be overwritten, only where every policy says so.
 */
export function mergeRequired(policies: readonly CompiledPolicy[], means: Means): RequiredKey[] {
  const byKey = new Map<string, Entry[]>();
  for (const entry of policies.flatMap((policy) => entriesOf(policy, policy.require))) {
    const entries = byKey.get(entry.tag.key);
    if (entries === undefined) byKey.set(entry.tag.key, [entry]);
    else entries.push(entry);
  }
  return [...byKey].map(([key, entries]) => mergeEntries(key, entries, means));
}

/** What policies need of others to be prepared. */
export interface Means {
  readonly search: Search;
  /** Undefined where they say nothing that few policies do. */
  readonly words: Words | undefined;
}

/** All tags that a policy asks for in one way or another. */
export function askedTags({ require, anyOf = [] }: Pick<CompiledPolicy, "require" | "anyOf">): CompiledRequiredTag[] {
  return [...require, ...anyOf.flat()];
}

export function entriesOf({ name, mode }: CompiledPolicy, tags: readonly CompiledRequiredTag[]): Entry[] {
  return tags.map((tag) => ({ tag, policy: name, enforced: mode === "enforce" }));
}

export function mergeEntries(key: string, entries: readonly Entry[], { search, words }: Means): RequiredKey {
  const source = entries.map(({ tag }) => tag.default).find((each) => each !== undefined);
  const policiesOf = imposedBy(entries);
  const againstBlank = entries.filter(({ tag }) => !tag.allowBlank).map(({ policy }) => policy);
  return {
    key,
    constraint: prepareConstraints([...policiesOf.keys()], words, (constraint) => policiesOf.get(constraint) ?? []),
    default: source === undefined ? undefined : prepareDefault(source, search),
    allowBlank: againstBlank.length === 0,
    overwrite: entries.every(({ tag }) => tag.overwrite),
    adoptNearMiss: entries.some(({ tag }) => tag.adoptNearMiss),
    enforced: entries.some(({ enforced }) => enforced),
    policies: entries.map(({ policy }) => policy),
    againstBlank,
    isDisputed: [againstBlank, ...policiesOf.values()].some(({ length }) => length !== 0 && length !== entries.length),
  };
}

/** A key as one policy requires it. */
export interface Entry {
  readonly tag: CompiledRequiredTag;
  readonly policy: string;
  readonly enforced: boolean;
}

/** Each constraint once, with the policies that impose it: two policies mostly share the key's own definition. */
function imposedBy(entries: readonly Entry[]): ReadonlyMap<CompiledConstraint, readonly string[]> {
  const byText = new Map<string, { readonly constraint: CompiledConstraint; readonly policies: Set<string> }>();
  for (const { tag, policy } of entries) {
    for (const constraint of tag.constraints) {
      const text = JSON.stringify(constraint);
      const known = byText.get(text);
      if (known === undefined) byText.set(text, { constraint, policies: new Set([policy]) });
      else known.policies.add(policy);
    }
  }
  return new Map(byText.values().map(({ constraint, policies }) => [constraint, [...policies]]));
}
