import type { TagBatch } from "../tag-batch.ts";
import { cover } from "./cover.ts";
import type { PlannedResource, UnresolvedTag } from "./fit-to-limits.ts";
import { lowerBound } from "./lower-bound.ts";
import { batchOf, obviousPlan, planTask, type Plan, type PlanInput, type PlanTask } from "./obvious.ts";
import { reduce } from "./reduce.ts";

export type { Plan, PlannedResource, PlanInput, UnresolvedTag };

/** A resource; a plan of 200 resources takes some milliseconds. */
const DEFAULT_STEPS = 3_000;
const FEWEST_DEFAULT_STEPS = 150_000;
const MOST_DEFAULT_STEPS = 8_000_000;

/**
 * Plans the tag calls. A batch puts all of its tags on all of its resources, so it holds a (resource, tag) pair only
 * if that resource asked for that tag. No batch exceeds a limit of its API. The order of the input doesn't matter.
 *
 * `budget` = search steps that the plan may take, a few nanoseconds each; by default some thousand a resource. With 0 it
 * is the better of one call per tag and one per group of resources that miss the same tags, at once. The same input and
 * budget give the same plan.
 */
export function plan(input: PlanInput & { readonly budget?: number | undefined }): Plan {
  const task = planTask(input);
  return obviousPlan(task) ?? searchPlan(task, input.budget);
}

/** Plans what is not obvious. */
export function searchPlan({ groups, resources, unresolved }: PlanTask, budget = defaultSteps(resources)): Plan {
  const batches: TagBatch[] = [];
  let bound = 0;
  for (const group of groups) {
    const reduced = reduce(group.tagSets, group.limits);
    const ownBound = lowerBound(reduced);
    const share = group.tagSets.reduce((sum, { ids }) => sum + ids.length, 0) / resources;
    const rectangles = cover(reduced, { steps: Math.floor(budget * share), lowerBound: ownBound });
    // One by one: an argument list has a limit, and there may be hundreds of thousands of batches.
    for (const rectangle of rectangles) batches.push(batchOf(group, rectangle));
    bound += ownBound;
  }
  return { batches, calls: batches.length, lowerBound: bound, unresolved };
}

function defaultSteps(resources: number): number {
  return Math.min(MOST_DEFAULT_STEPS, Math.max(FEWEST_DEFAULT_STEPS, DEFAULT_STEPS * resources));
}
