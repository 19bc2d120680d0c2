import type { ResourceOutcome } from "../../core/outcome.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { resourceKey, type Resource } from "../../core/resource.ts";
import { createCaller } from "../cloud/call.ts";
import type { Deadline } from "../ports/invocation.ts";
import { assess } from "./assess.ts";
import { planWrites, wantingOf, type EnforceDeps } from "./enforce-tags.ts";
import { mergeCreated } from "./messages.ts";
import { concludeByTag, concludeWhole } from "./outcomes.ts";

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
): Promise<Preview> {
  const caller = createCaller({ ...deps, deadline });
  const created = mergeCreated([{ messageId: "preview", resources, sendCount: 0 }]);
  const assessments = await assess(created, { ...deps, caller });
  const plan = await planWrites(wantingOf(assessments));
  const unresolved = Map.groupBy(plan.unresolved, (tag) => resourceKey(tag));
  const outcomes = [...assessments].map(([key, assessment]) => {
    if (assessment.kind === "ended") return concludeWhole(assessment.resource, assessment.verdict).outcome;
    const tags = assessment.decisions.map((decision) => {
      if (decision.action === "leave") {
        const verdict = { outcome: "report-only", code: decision.reason, message: decision.detail } as const;
        return { key: decision.key, verdict };
      }
      const stuck = unresolved.get(key)?.find((tag) => tag.key === decision.key);
      if (stuck === undefined)
        return { key: decision.key, verdict: { outcome: "tagged" } as const, value: decision.value };
      const message = `${stuck.key} ${stuck.reason}`;
      return { key: decision.key, verdict: { outcome: "rejected", code: stuck.code, message } as const };
    });
    return concludeByTag(assessment.resource, tags).outcome;
  });
  return { plan, resources: outcomes };
}
