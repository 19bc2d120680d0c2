import { compareText } from "../compare-text.ts";
import { callNameOf, type TypeContract } from "../contract.ts";
import { scopeKey, type ResourceType } from "../resource.ts";
import type { FittingResource } from "./fit-to-limits.ts";

/** What one call may hold. */
export interface CallLimits {
  readonly resourcesPerCall: number;
  readonly tagsPerCall: number;
}

/** The resources that miss exactly the same tags. */
export interface TagSet {
  /** Ascending numbers of tags of the group. */
  readonly tagNumbers: readonly number[];
  /** The key number of each of these tags. A resource misses a key once, so these are distinct. */
  readonly keyNumbers: readonly number[];
  /** Sorted. */
  readonly ids: readonly string[];
}

/** Resources that may share a call. */
export interface CallGroup {
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  readonly project: string | undefined;
  readonly limits: CallLimits;
  /** The distinct tags, numbered by key and then value. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly tagSets: readonly TagSet[];
}

/** Groups by account, region, project and resource type, or the whole contract where its types may share a call. */
export function groupByCall(resources: readonly FittingResource[]): CallGroup[] {
  const groups = new Map<string, Members>();
  for (const fitting of resources) {
    const { account, region, project } = fitting.resource;
    const key = scopeKey(batchType(fitting.contract, fitting.resource.type), account, region, project);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [fitting]);
    else members.push(fitting);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, members]) => groupOf(members));
}

type Members = [FittingResource, ...FittingResource[]];

/** The type that a batch with this resource names. */
export function batchType(contract: TypeContract, type: ResourceType): ResourceType {
  return contract.batching === "together" ? (contract.types[0] ?? type) : type;
}

function groupOf(members: Readonly<Members>): CallGroup {
  const [first] = members;
  const { type, account, region, project } = first.resource;
  const { resourcesPerCall, tagsPerCall } = first.contract.tag;
  const { tags, numberOf, keyNumberOf } = numberTags(members);

  const sets = new Map<string, { tagNumbers: number[]; ids: string[] }>();
  for (const { resource, contract, tags: missing } of members) {
    const name = callNameOf(resource, contract);
    const tagNumbers: number[] = [];
    for (const [key, value] of missing) tagNumbers.push(numberOf(key, value));
    if (tagNumbers.length > 1) tagNumbers.sort((a, b) => a - b);
    const signature = tagNumbers.join(",");
    const set = sets.get(signature);
    if (set === undefined) sets.set(signature, { tagNumbers, ids: [name] });
    else set.ids.push(name);
  }
  const tagSets = [...sets.values()]
    .map(({ tagNumbers, ids }) => ({ tagNumbers, keyNumbers: tagNumbers.map(keyNumberOf), ids: ids.sort(compareText) }))
    .sort((a, b) => compareNumbers(a.tagNumbers, b.tagNumbers));
  const limits = { resourcesPerCall, tagsPerCall };
  return { type: batchType(first.contract, type), account, region, project, limits, tags, tagSets };
}

function numberTags(members: readonly FittingResource[]) {
  const values = new Map<string, Set<string>>();
  for (const { tags } of members) {
    for (const [key, value] of tags) {
      const seen = values.get(key);
      if (seen === undefined) values.set(key, new Set([value]));
      else seen.add(value);
    }
  }
  const tags: { key: string; value: string }[] = [];
  const keyNumbers: number[] = [];
  const numbers = new Map<string, Map<string, number>>();
  const sorted = [...values].sort(([a], [b]) => compareText(a, b));
  for (const [keyNumber, [key, valuesOfKey]] of sorted.entries()) {
    const ofKey = new Map<string, number>();
    numbers.set(key, ofKey);
    for (const value of [...valuesOfKey].sort(compareText)) {
      ofKey.set(value, tags.length);
      tags.push({ key, value });
      keyNumbers.push(keyNumber);
    }
  }
  return {
    tags,
    numberOf: (key: string, value: string) => numbers.get(key)?.get(value) ?? -1,
    keyNumberOf: (tagNumber: number) => keyNumbers[tagNumber] ?? -1,
  };
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
