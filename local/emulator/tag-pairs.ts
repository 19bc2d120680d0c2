import type { TextRules } from "./limits.ts";
import { isReserved } from "./text-rules.ts";

/**
 * The tags of one emulated resource as a flat list: key, value, key, value. A tenth of the memory of a Map each, which
 * is what lets a million resources fit.
 */
export type TagPairs = readonly string[];

export const NO_PAIRS: TagPairs = [];

export function pairsFromObject(tags: Readonly<Record<string, string>> | undefined): TagPairs {
  if (tags === undefined) return NO_PAIRS;
  const keys = Object.keys(tags);
  if (keys.length === 0) return NO_PAIRS;
  const pairs: string[] = [];
  for (const key of keys) pairs.push(key, tags[key] ?? "");
  return pairs;
}

export function pairsToObject(pairs: TagPairs): Record<string, string> {
  return Object.fromEntries(eachPair(pairs));
}

export function eachPair(pairs: TagPairs): [key: string, value: string][] {
  const each: [string, string][] = [];
  for (let index = 0; index < pairs.length; index += 2) each.push([pairs[index] ?? "", pairs[index + 1] ?? ""]);
  return each;
}

/** The value of a key, or undefined where the key is absent. */
export function valueOf(pairs: TagPairs, key: string): string | undefined {
  for (let index = 0; index < pairs.length; index += 2) {
    if (pairs[index] === key) return pairs[index + 1];
  }
  return undefined;
}

/** The tags after `added` was written: an existing key keeps its place and gets the new value. */
export function withTags(pairs: TagPairs, added: ReadonlyMap<string, string>): TagPairs {
  const result = [...pairs];
  const left = new Map(added);
  for (let index = 0; index < result.length; index += 2) {
    const key = result[index] ?? "";
    const value = left.get(key);
    if (value === undefined) continue;
    result[index + 1] = value;
    left.delete(key);
  }
  for (const [key, value] of left) result.push(key, value);
  return result;
}

export function withoutKeys(pairs: TagPairs, removed: ReadonlySet<string>): TagPairs {
  const result = eachPair(pairs).filter(([key]) => !removed.has(key));
  return result.length === 0 ? NO_PAIRS : result.flat();
}

/** How many tags of its user's the resource would carry after `added`; the cloud's own don't count. */
export function countWith(pairs: TagPairs, added: ReadonlyMap<string, string>, rules: TextRules): number {
  let count = 0;
  for (const [key] of eachPair(pairs)) {
    if (!isReserved(key, rules)) count += 1;
  }
  for (const key of added.keys()) {
    if (valueOf(pairs, key) === undefined) count += 1;
  }
  return count;
}

/** A condition on tags: a key alone means any value. */
export interface TagCondition {
  readonly key: string;
  readonly value?: string;
}

export function meets(pairs: TagPairs, condition: TagCondition): boolean {
  const value = valueOf(pairs, condition.key);
  return value !== undefined && (condition.value === undefined || condition.value === value);
}
