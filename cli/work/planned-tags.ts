import type { PolicySet, TagDecision } from "../../lib/core/evaluation.ts";
import { plan, type PlannedResource } from "../../lib/core/plan/plan.ts";
import { NO_TAGS, refOf, type Resource } from "../../lib/core/resource.ts";
import { findContract } from "../../lib/core/contract.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { Unresolved, PlannedTags } from "../output/planned-tags.ts";

type Leave = Extract<TagDecision, { readonly action: "leave" }>;

function unresolvedOf(resource: Resource, { key, reason, detail }: Leave): Unresolved {
  return { ...refOf(resource), key, code: reason, message: detail };
}

/** Evaluates resources and plans the calls that would write what they lack. `at` in milliseconds since the epoch. */
export function planTags(resources: Iterable<Resource>, policies: PolicySet, at: number): PlannedTags {
  const planned: PlannedResource[] = [];
  const unresolved: Unresolved[] = [];
  let unknown = 0;
  for (const resource of resources) {
    const evaluation = policies.evaluate(resource, at);
    if (evaluation.compliance === "unknown") unknown += 1;
    if (evaluation.compliance !== "noncompliant") continue;
    const tags: { key: string; value: string }[] = [];
    for (const decision of policies.decide(resource, evaluation, at)) {
      if (decision.action === "write") tags.push({ key: decision.key, value: decision.value });
      else unresolved.push(unresolvedOf(resource, decision));
    }
    if (tags.length > 0) planned.push({ resource, current: resource.tags ?? NO_TAGS, tags });
  }
  const {
    batches,
    calls,
    lowerBound,
    unresolved: refused,
  } = plan({
    resources: planned,
    contractFor: (type) => findContract(allContracts, type),
  });
  for (const { key, code, reason, ...ref } of refused) unresolved.push({ ...refOf(ref), key, code, message: reason });
  return { batches, calls, lowerBound, unresolved, unknown };
}
