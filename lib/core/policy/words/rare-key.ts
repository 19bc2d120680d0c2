import type { InvalidTag } from "../../evaluation.ts";
import type { Tags } from "../../resource.ts";
import type { Blame } from "../broken.ts";
import type { CompiledPolicy } from "../compiled.ts";
import { isBlank, refusal, refusedBy } from "../constraint.ts";
import { askedTags, entriesOf, mergeEntries, type Entry, type Means, type RequiredKey } from "../required-key.ts";
import { aliasesOf, standIn, type Aliases } from "./aliases.ts";

/** A required key for which others may stand. */
export interface RareKey extends RequiredKey {
  readonly aliases: Aliases | undefined;
}

/** Keys of which a policy wants one. */
export interface RequiredGroup {
  readonly policy: string;
  /** Each as this policy alone requires it. */
  readonly members: readonly RareKey[];
}

const byName = ({ tag }: Entry): string => tag.key;

/**
 * What policies require of each key by itself. Those that let different keys stand for one, or hold these to different
 * values, are not merged: each of them may be satisfied by another.
 */
export function requiredAlone(policies: readonly CompiledPolicy[], means: Means): RareKey[] {
  const entries = policies.flatMap((policy) => entriesOf(policy, policy.require));
  return merge(entries, means, ({ tag }) =>
    aliasesOf([tag]) === undefined
      ? tag.key
      : JSON.stringify([tag.key, tag.aliases, tag.ignoreKeyCase, tag.constraints, tag.allowBlank]),
  );
}

export function requiredGroups(policies: readonly CompiledPolicy[], means: Means): RequiredGroup[] {
  return policies.flatMap((policy) =>
    (policy.anyOf ?? []).map((tags) => ({
      policy: policy.name,
      members: merge(entriesOf(policy, tags), means, byName),
    })),
  );
}

/** Each key that is required in one way or another, once: what may be written is for all of these policies. */
export function requiredToWrite(policies: readonly CompiledPolicy[], means: Means): RareKey[] {
  const entries = policies.flatMap((policy) => entriesOf(policy, askedTags(policy)));
  return merge(entries, means, byName);
}

function merge(entries: readonly Entry[], means: Means, nameOf: (entry: Entry) => string): RareKey[] {
  return [...Map.groupBy(entries, nameOf).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    return [{ ...mergeEntries(first.tag.key, all, means), aliases: aliasesOf(all.map(({ tag }) => tag)) }];
  });
}

/** The key of the tag that counts for a required one: itself where it is there, else what stands for it. */
export function keyFor({ key, aliases, allowBlank, constraint }: RareKey, tags: Tags, at: number): string | undefined {
  if (tags.has(key)) return key;
  if (aliases === undefined) return undefined;
  const isRight = (value: string): boolean =>
    isBlank(value) ? allowBlank : refusal(value, constraint, at) === undefined;
  return standIn(tags, aliases, isRight);
}

/** What is wrong with a required key on a resource with these tags; undefined where nothing is. */
export function wrongWith(required: RareKey, tags: Tags, at: number): "missing" | InvalidTag | undefined {
  const { key, constraint, allowBlank } = required;
  const own = tags.get(key);
  const counting = own === undefined ? keyFor(required, tags, at) : key;
  const value = counting === undefined ? undefined : (own ?? tags.get(counting));
  if (counting === undefined || value === undefined) return "missing";
  if (isBlank(value)) return allowBlank ? undefined : "missing";
  const reason = refusal(value, constraint, at);
  if (reason === undefined) return undefined;
  return counting === key ? { key, value, reason } : { key, value, reason, found: counting };
}

/** Who finds a key that is wrong so: a value that one policy refuses may suit another. */
export function blameFor(required: RareKey, tags: Tags, at: number): Blame {
  const { key, policies, againstBlank, constraint } = required;
  const value = tags.get(keyFor(required, tags, at) ?? key);
  if (value === undefined) return [key, policies];
  return [key, isBlank(value) ? againstBlank : refusedBy(value, constraint, at)];
}
