import type { Evaluation, PolicySet } from "../../core/evaluation.ts";
import { resourceKey, type Resource, type Tags } from "../../core/resource.ts";
import type { TagsChanged } from "../../core/tags-changed.ts";
import type { Assessment, ChangedTags } from "./assess.ts";
import { holdRounds, lastChangeOf, type Changes, type RoundDeps } from "./hold-rounds.ts";
import type { CreatedMessage } from "./messages.ts";

/** Judges changed tags, and sees to it that none of them is put back without end. */
export interface ChangedTagsOf extends ChangedTags {
  hold(assessments: ReadonlyMap<string, Assessment>): Promise<ReadonlyMap<string, Assessment>>;
}

/** What these messages say of tags that were changed. */
export function changedTags(
  messages: readonly CreatedMessage[],
  deps: RoundDeps & { readonly policies: PolicySet },
): ChangedTagsOf {
  const changes = changesIn(messages);
  const { policies, clock } = deps;
  return {
    judgeOf(key) {
      const changed = changes.get(key);
      if (changed === undefined) return undefined;
      const evaluate = (resource: Resource) => evaluateChanged(resource, changed, policies, clock.now());
      return {
        evaluate,
        told(resource) {
          const { compliance } = evaluate({ ...resource, tags: tagsAfter(changed) });
          return compliance === "unknown" || compliance === "noncompliant" ? undefined : compliance;
        },
      };
    },
    hold: (assessments) => holdRounds(assessments, changes, deps),
  };
}

/**
 * Resources of which a message tells more, a creation or an audit's finding, are left out: those are judged as a whole.
 */
export function changesIn(messages: readonly CreatedMessage[]): Changes {
  const changes = new Map<string, TagsChanged[]>();
  for (const { recheck, resources } of messages) {
    if (recheck === undefined) continue;
    for (const key of resources.map(resourceKey)) changes.set(key, [...(changes.get(key) ?? []), recheck]);
  }
  for (const { recheck, resources } of messages) {
    if (recheck === undefined) for (const key of resources.map(resourceKey)) changes.delete(key);
  }
  for (const list of changes.values()) list.sort((a, b) => timeOf(a) - timeOf(b));
  return changes;
}

/** Those that don't tell their time come last: nobody knows that anything came after them. */
function timeOf({ changedAt }: TagsChanged): number {
  const time = Date.parse(changedAt ?? "");
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}

/**
 * What the policies say of the tags that were changed, and of no others: whatever else this resource lacks is the
 * business of its creation and of audits. Only keys that a policy with `recheck: true` requires count; what is to be done
 * about them all policies say together.
 */
function evaluateChanged(
  resource: Resource,
  changes: readonly TagsChanged[],
  policies: PolicySet,
  at: number,
): Evaluation {
  const checked = (policies.rechecking ?? policies).evaluate(resource, at);
  if (policies.rechecking === undefined) return { ...checked, compliance: "not-applicable", missing: [], invalid: [] };
  if (checked.compliance !== "noncompliant") return checked;
  const wrong = new Set([...checked.missing, ...checked.invalid.map(({ key }) => key)]);
  const concerned = (key: string): boolean => wrong.has(key) && lastChangeOf(key, changes) !== undefined;
  // What is forbidden is never taken off, so that it is the business of audits alone.
  const { forbidden: _, ...all } = policies.evaluate(resource, at);
  const missing = all.missing.filter(concerned);
  const invalid = all.invalid.filter(({ key }) => concerned(key));
  const compliance = missing.length + invalid.length > 0 ? "noncompliant" : "not-applicable";
  return { ...all, compliance, missing, invalid };
}

/** All tags after the last of the changes, where its event tells them and no other can be later. */
function tagsAfter(changes: readonly TagsChanged[]): Tags | undefined {
  const [last, before] = [changes.at(-1), changes.at(-2)];
  if (last?.tagsAfter === undefined) return undefined;
  return before !== undefined && timeOf(before) >= timeOf(last) ? undefined : last.tagsAfter;
}
