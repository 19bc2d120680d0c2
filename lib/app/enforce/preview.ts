import type { ResourceOutcome } from "../../core/outcome.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Resource } from "../../core/resource.ts";
import { createCaller } from "../cloud/call.ts";
import type { Deadline } from "../ports/invocation.ts";
import { openPairs } from "../write/pairs.ts";
import { planWrites } from "../write/plan-writes.ts";
import { assess, lackingIn, writesFor } from "./assess.ts";
import type { EnforceDeps } from "./enforce-tags.ts";
import { mergeCreated } from "./messages.ts";
import { conclude } from "./outcomes.ts";
import { changedTags } from "./changed-tags.ts";
import { messagesOf, type ChangesToEnforce } from "./until-final.ts";

export interface Preview {
  readonly plan: Plan;
  /** As `enforceTags` would say if every call succeeded; `tagged` = would be tagged. */
  readonly resources: readonly ResourceOutcome[];
}

/** Reads and plans as `enforceTags` does, and writes nothing. */
export async function previewEnforce(
  resources: readonly Resource[],
  deps: Omit<EnforceDeps, "writeCap" | "record">,
  deadline: Deadline,
  changes: readonly ChangesToEnforce[] = [],
): Promise<Preview> {
  const caller = createCaller({ ...deps, deadline });
  const messages = messagesOf(resources, changes, deps.clock.now());
  const assessments = await assess(mergeCreated(messages), { ...deps, caller, changed: changedTags(messages, deps) });
  const writes = writesFor(lackingIn(assessments));
  const plan = await planWrites("tag", writes);
  const { entries: applied } = openPairs(writes);
  for (const { pairs } of applied.values()) {
    for (const pair of pairs.values()) pair.result = { kind: "written", value: pair.value, at: deps.clock.now() };
  }
  const conclusions = conclude(assessments, { applied, unresolved: plan.unresolved });
  return { plan, resources: Array.from(conclusions.values(), ({ outcome }) => outcome) };
}
