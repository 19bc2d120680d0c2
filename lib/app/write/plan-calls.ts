import { lazily } from "../../core/lazily.ts";
import { obviousPlan, planTask, type Plan, type PlanInput } from "../../core/plan/obvious.ts";

/** Needed where resources that may share a call miss different tags. */
export const planner = lazily(() => import("../../core/plan/plan.ts"));

/** `plan`, whose search is loaded where there is something to search for. */
export async function planCalls(input: PlanInput): Promise<Plan> {
  const task = planTask(input);
  return obviousPlan(task) ?? (await planner()).searchPlan(task);
}
