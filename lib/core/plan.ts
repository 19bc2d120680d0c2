import type { TypeContract } from "./contract.ts";
import type { ResourceType } from "./resource.ts";
import type { TagBatch } from "./tag-batch.ts";
import { groupByCall, type CallGroup } from "./plan/call-groups.ts";
import { cover } from "./plan/cover.ts";
import { fitToLimits, type PlannedResource, type UnresolvedTag } from "./plan/fit-to-limits.ts";
import { lowerBound } from "./plan/lower-bound.ts";
import type { Rectangle } from "./plan/rectangle.ts";
import { reduce } from "./plan/reduce.ts";

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
  /**
   * Search steps that the plan may take, a few nanoseconds each; by default some thousand a resource. With 0 it is the better of one call per
   * tag and one per group of resources that miss the same tags, at once. The same input and budget give the same plan.
   */
  readonly budget?: number | undefined;
}

/** A resource; a plan of 200 resources takes some milliseconds. */
const DEFAULT_STEPS = 3_000;
const FEWEST_DEFAULT_STEPS = 150_000;
const MOST_DEFAULT_STEPS = 8_000_000;

/**
 * Plans the tag calls. A batch puts all of its tags on all of its resources, so it holds a (resource, tag) pair only
 * if that resource asked for that tag. No batch exceeds a limit of its API. The order of the input doesn't matter.
 */
export function plan({ resources, contractFor, budget }: PlanInput): Plan {
  const { fitting, unresolved } = fitToLimits(resources, contractFor);
  const steps = budget ?? defaultSteps(fitting.length);
  const batches: TagBatch[] = [];
  let bound = 0;
  for (const group of groupByCall(fitting)) {
    const reduced = reduce(group.tagSets, group.limits);
    const ownBound = lowerBound(reduced);
    const share = group.tagSets.reduce((sum, { ids }) => sum + ids.length, 0) / fitting.length;
    const rectangles = cover(reduced, { steps: Math.floor(steps * share), lowerBound: ownBound });
    // One by one: an argument list has a limit, and there may be hundreds of thousands of batches.
    for (const rectangle of rectangles) batches.push(batchOf(group, rectangle));
    bound += ownBound;
  }
  return { batches, calls: batches.length, lowerBound: bound, unresolved };
}

function defaultSteps(resources: number): number {
  return Math.min(MOST_DEFAULT_STEPS, Math.max(FEWEST_DEFAULT_STEPS, DEFAULT_STEPS * resources));
}

function batchOf({ type, account, region, tags }: CallGroup, { ids, tagNumbers }: Rectangle): TagBatch {
  return {
    type,
    account,
    region,
    resourceIds: ids,
    tags: new Map(tagNumbers.flatMap((number) => (tags[number] ? [[tags[number].key, tags[number].value]] : []))),
  };
}
