import type { TypeContract } from "./contract.ts";
import type { ResourceType } from "./resource.ts";
import type { TagBatch } from "./tag-batch.ts";
import { cover } from "./plan/cover.ts";
import { lowerBound } from "./plan/lower-bound.ts";
import { groupByCall, type CallGroup } from "./plan/call-groups.ts";
import { fitToLimits, type PlannedResource, type UnresolvedTag } from "./plan/fit-to-limits.ts";

export type { PlannedResource, UnresolvedTag };

/** The tag calls that write every tag that can be written, once each. */
export interface Plan {
  readonly batches: readonly TagBatch[];
  readonly calls: number;
  /** No plan for the same input can do with fewer calls. */
  readonly lowerBound: number;
  readonly unresolved: readonly UnresolvedTag[];
}

export interface PlanInput {
  readonly resources: readonly PlannedResource[];
  readonly contractFor: (type: ResourceType) => TypeContract | undefined;
}

/**
 * Plans the tag calls. A batch puts all of its tags on all of its resources, so it holds a (resource, tag) pair only
 * if that resource asked for that tag. No batch exceeds a limit of its API. The order of the input doesn't matter.
 */
export function plan({ resources, contractFor }: PlanInput): Plan {
  const { fitting, unresolved } = fitToLimits(resources, contractFor);
  const batches: TagBatch[] = [];
  let bound = 0;
  for (const group of groupByCall(fitting)) {
    bound += lowerBound(group.tagSets, group.limits);
    batches.push(...batchesOf(group));
  }
  return { batches, calls: batches.length, lowerBound: bound, unresolved };
}

function batchesOf({ type, account, region, tags, tagSets, limits }: CallGroup): TagBatch[] {
  return cover(tagSets, limits).map(({ ids, tagNumbers }) => ({
    type,
    account,
    region,
    resourceIds: ids,
    tags: new Map(tagNumbers.flatMap((number) => (tags[number] ? [[tags[number].key, tags[number].value]] : []))),
  }));
}
