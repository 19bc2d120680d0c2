import { compareText } from "../compare-text.ts";
import { reservedPrefix, tagProblem, type TypeContract } from "../contract.ts";
import { refOf, resourceKey, type ResourceRef, type ResourceType, type Tags } from "../resource.ts";
import { shown } from "../shown.ts";

/** A resource and what is to be written to it. */
export interface PlannedResource {
  readonly resource: ResourceRef;
  /** What it carries now; it decides how many slots are free. */
  readonly current: Tags;
  /** In policy order, which is the order in which slots are given away. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** A tag that no batch may carry. */
export interface UnresolvedTag extends ResourceRef {
  readonly key: string;
  readonly value: string;
  /** `TagQuota`, `IllegalTag`, `ConflictingValue` or `UnsupportedType`. */
  readonly code: string;
  /** A sentence fragment that goes on from the key, e.g. `has no free slot: …`. */
  readonly reason: string;
}

/** A resource with the tags that its provider has room for and would take. */
export interface FittingResource {
  readonly resource: ResourceRef;
  readonly contract: TypeContract;
  readonly tags: Tags;
}

type Tag = PlannedResource["tags"][number];

/**
 * Sorts out, before anything is planned, what the provider would refuse: illegal keys and values, and tags beyond the
 * free slots of their resource. Slots are given away in policy order; a key that is there already needs none. What
 * fits comes in no order that means anything; what doesn't comes by resource.
 */
export function fitToLimits(
  resources: readonly PlannedResource[],
  contractFor: (type: ResourceType) => TypeContract | undefined,
): { fitting: FittingResource[]; unresolved: UnresolvedTag[] } {
  const fitting: FittingResource[] = [];
  const unresolved: UnresolvedTag[] = [];
  const problemOf = rememberProblems();
  for (const { resource, current, tags } of mergeDuplicates(resources)) {
    const contract = contractFor(resource.type);
    const accepted = new Map<string, string>();
    let slots = contract === undefined ? 0 : freeSlots(current, contract);
    for (const tag of tags) {
      if (current.get(tag.key) === tag.value || accepted.get(tag.key) === tag.value) continue;
      const obstacle = obstacleOf(tag, { contract, current, accepted, slots, problemOf });
      if (obstacle !== undefined) {
        unresolved.push({ ...refOf(resource), key: tag.key, value: tag.value, ...obstacle });
        continue;
      }
      if (!current.has(tag.key)) slots -= 1;
      accepted.set(tag.key, tag.value);
    }
    if (contract !== undefined && accepted.size > 0) fitting.push({ resource, contract, tags: accepted });
  }
  return { fitting, unresolved: sortByResource(unresolved) };
}

/** The order of the input must not show; of one resource's tags, policy order stays. */
function sortByResource(unresolved: readonly UnresolvedTag[]): UnresolvedTag[] {
  const keyed = unresolved.map((tag) => ({ tag, key: resourceKey(tag) }));
  return keyed.sort((a, b) => compareText(a.key, b.key)).map(({ tag }) => tag);
}

function obstacleOf(
  { key, value }: Tag,
  state: {
    contract: TypeContract | undefined;
    current: Tags;
    accepted: Tags;
    slots: number;
    problemOf: typeof tagProblem;
  },
): { code: string; reason: string } | undefined {
  const { contract, current, accepted, slots, problemOf } = state;
  if (contract === undefined) return { code: "UnsupportedType", reason: "is of a type that no provider here can tag" };
  const problem = problemOf(key, value, contract);
  if (problem !== undefined) return { code: "IllegalTag", reason: `can't be written: ${problem}` };
  if (accepted.has(key)) {
    return {
      code: "ConflictingValue",
      reason: `is planned with two values, ${shown(accepted.get(key) ?? "")} and ${shown(value)}`,
    };
  }
  if (!current.has(key) && slots <= 0) {
    return { code: "TagQuota", reason: `has no free slot: the provider allows ${contract.tagsPerResource} tags` };
  }
  return undefined;
}

/** Most resources lack the same few tags, so each of these is checked once. */
function rememberProblems(): typeof tagProblem {
  const known = new Map<TypeContract, Map<string, Map<string, string | undefined>>>();
  return (key, value, contract) => {
    const ofContract = known.get(contract) ?? new Map<string, Map<string, string | undefined>>();
    const ofKey = ofContract.get(key) ?? new Map<string, string | undefined>();
    if (ofKey.has(value)) return ofKey.get(value);
    const problem = tagProblem(key, value, contract);
    known.set(contract, ofContract.set(key, ofKey.set(value, problem)));
    return problem;
  };
}

/** Tags under a reserved prefix are the provider's own and take no slot of the user's. */
export function freeSlots(current: Tags, { tagsPerResource, key: limits }: TypeContract): number {
  let used = 0;
  for (const key of current.keys()) {
    if (reservedPrefix(key, limits) === undefined) used += 1;
  }
  return tagsPerResource - used;
}

/** One entry per resource; what it holds doesn't depend on the order of the input, though the order of entries does. */
function mergeDuplicates(resources: readonly PlannedResource[]): PlannedResource[] {
  const byKey = new Map<string, PlannedResource[]>();
  for (const planned of resources) {
    const key = resourceKey(planned.resource);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [planned]);
    else same.push(planned);
  }
  const merged: PlannedResource[] = [];
  for (const same of byKey.values()) {
    const [first] = same;
    if (first !== undefined) merged.push(same.length === 1 ? first : mergeSame(first.resource, same));
  }
  return merged;
}

function mergeSame(resource: ResourceRef, same: readonly PlannedResource[]): PlannedResource {
  const sorted = same.toSorted((a, b) => compareText(fingerprint(a), fingerprint(b)));
  return {
    resource,
    current: new Map(sorted.flatMap(({ current }) => [...current])),
    tags: sorted.flatMap(({ tags }) => tags),
  };
}

function fingerprint({ current, tags }: PlannedResource): string {
  return JSON.stringify([tags.map(({ key, value }) => [key, value]), [...current]]);
}
