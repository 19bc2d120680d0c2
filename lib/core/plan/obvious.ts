import type { TypeContract } from "../contract.ts";
import type { ResourceType } from "../resource.ts";
import type { TagBatch } from "../tag-batch.ts";
import { groupByCall, type CallGroup } from "./call-groups.ts";
import { fitToLimits, type PlannedResource, type UnresolvedTag } from "./fit-to-limits.ts";
import { cut, type Rectangle } from "./rectangle.ts";

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

/** What is to be planned: what the providers would take, by the calls that it may share. */
export interface PlanTask {
  readonly groups: readonly CallGroup[];
  /** In all groups. */
  readonly resources: number;
  readonly unresolved: readonly UnresolvedTag[];
}

/** The first step of every plan. */
export function planTask({ resources, contractFor }: PlanInput): PlanTask {
  const { fitting, unresolved } = fitToLimits(resources, contractFor);
  return { groups: groupByCall(fitting), resources: fitting.length, unresolved };
}

/**
 * The plan where there is nothing to search for: in each group all resources miss the same tags, and one call takes as
 * many. Each resource is in one call then, and each call full but the last one, so that no plan can do with fewer.
 * Undefined where a group is otherwise.
 */
export function obviousPlan({ groups, unresolved }: PlanTask): Plan | undefined {
  const batches: TagBatch[] = [];
  for (const group of groups) {
    const { tagSets, limits } = group;
    const [all] = tagSets;
    if (all === undefined || tagSets.length > 1 || all.tagNumbers.length > limits.tagsPerCall) return undefined;
    for (const rectangle of cut(all, limits)) batches.push(batchOf(group, rectangle));
  }
  return { batches, calls: batches.length, lowerBound: batches.length, unresolved };
}

export function batchOf(group: CallGroup, { ids, tagNumbers }: Rectangle): TagBatch {
  const { type, account, region, project, tags } = group;
  return {
    type,
    account,
    region,
    project,
    resourceIds: ids,
    tags: new Map(tagNumbers.flatMap((number) => (tags[number] ? [[tags[number].key, tags[number].value]] : []))),
  };
}
