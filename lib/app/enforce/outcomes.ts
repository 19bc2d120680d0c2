import type { TagDecision } from "../../core/evaluation.ts";
import { asFailed, OUTCOMES, type ResourceOutcome, type TagOutcome } from "../../core/outcome.ts";
import type { Plan } from "../../core/plan/obvious.ts";
import { refOf, resourceKey, type Resource } from "../../core/resource.ts";
import { accepted, outcomeOfError, type Redelivery, type ReasonedOutcome } from "../write/error-outcome.ts";
import type { ResourcePairs, WriteResult } from "../write/pairs.ts";
import type { Assessment, Lacking } from "./assess.ts";

/** How one resource left the invocation. */
export interface Conclusion {
  readonly resource: Resource;
  readonly outcome: ResourceOutcome;
  /** Set where it has to come back. */
  readonly later?: Redelivery;
}

/** What became of the tags that resources lack. */
export interface Written {
  /** By `resourceKey`. */
  readonly applied: ReadonlyMap<string, ResourcePairs>;
  readonly unresolved: Plan["unresolved"];
  /** What was beyond the write cap, by `resourceKey`. */
  readonly capped?: ReadonlyMap<string, Redelivery>;
}

/** How each of these resources ended. Keys of both maps are `resourceKey`s. */
export function conclude(
  assessments: ReadonlyMap<string, Assessment>,
  { applied, unresolved, capped }: Written,
): Map<string, Conclusion> {
  const stuck = Map.groupBy(unresolved, (tag) => resourceKey(tag));
  const conclusions = new Map<string, Conclusion>();
  for (const [key, assessment] of assessments) {
    const found = { entry: applied.get(key), unresolved: stuck.get(key) ?? [], capped: capped?.get(key) };
    conclusions.set(key, concludeOne(assessment, found));
  }
  return conclusions;
}

/** What became of the tags of one resource. */
interface Found {
  readonly entry: ResourcePairs | undefined;
  readonly unresolved: Plan["unresolved"];
  readonly capped: Redelivery | undefined;
}

function concludeOne(assessment: Assessment, found: Found): Conclusion {
  const { resource } = assessment;
  if (assessment.kind === "ended") return conclusionOf(resource, assessment.ended, []);
  const tags = assessment.decisions.map((decision) => outcomeOfTag(decision, assessment, found));
  return conclusionOf(resource, deciding(tags), tags);
}

/** How one tag of a resource ended, and the value that was written, where one was. */
interface ReasonedTag {
  readonly key: string;
  readonly ended: ReasonedOutcome;
  readonly value?: string;
}

function outcomeOfTag(decision: TagDecision, lacking: Lacking, { entry, unresolved, capped }: Found): ReasonedTag {
  const { key } = decision;
  if (decision.action === "leave") return { key, ended: leftAlone(decision) };
  if (capped !== undefined) return { key, ended: capped };
  const stuck = unresolved.find((one) => one.key === key);
  if (stuck !== undefined) return { key, ended: rejectedFor(key, stuck) };
  const result = entry?.pairs.get(key)?.result;
  const ended = outcomeOfResult(key, result, lacking);
  return { key, ended, ...(result?.kind === "written" && { value: result.value }) };
}

function leftAlone({ key, reason, detail }: Extract<TagDecision, { action: "leave" }>): ReasonedOutcome {
  return { outcome: "report-only", code: reason, message: `${key}: ${detail}` };
}

function rejectedFor(
  key: string,
  { code, reason }: { readonly code: string; readonly reason: string },
): ReasonedOutcome {
  return { outcome: "rejected", code, message: `${key} ${reason}` };
}

function outcomeOfResult(key: string, result: WriteResult | undefined, lacking: Lacking): ReasonedOutcome {
  switch (result?.kind) {
    case "written":
      return result.pending === true ? accepted(key, result.doneInMs) : { outcome: "tagged" };
    case "no-room":
      return rejectedFor(key, result);
    case "refused":
    case "unfinished":
      return outcomeOfError(result.error, lacking.settlesInMs());
    case "dropped": {
      const decision = lacking.decideAnew(result.tags).find((one) => one.key === key);
      if (decision === undefined) return { outcome: "compliant" };
      if (decision.action === "leave") return leftAlone(decision);
      const message = `${key} was changed by somebody else while it was being written`;
      return { outcome: "redelivered", how: "wait", code: "Changed", message };
    }
    case undefined: {
      const message = `${key} was planned and not applied`;
      return { outcome: "redelivered", how: "retry", code: "Unexpected", message };
    }
  }
}

/** The first of those that decide most. */
function deciding(tags: readonly ReasonedTag[]): ReasonedOutcome {
  let found: ReasonedOutcome | undefined;
  for (const { ended } of tags) if (found === undefined || rankOf(ended) < rankOf(found)) found = ended;
  return found ?? { outcome: "compliant" };
}

/** A resource comes back while one of its tags does, and what somebody has to know now goes before what only takes time. */
function rankOf(ended: ReasonedOutcome): number {
  if (ended.outcome !== "redelivered") return 3 + OUTCOMES.indexOf(ended.outcome);
  if (ended.isAccess === true) return 0;
  return ended.how === "retry" ? 1 : 2;
}

function conclusionOf(resource: Resource, ended: ReasonedOutcome, tags: readonly ReasonedTag[]): Conclusion {
  const { outcome, code, message } = ended;
  const said = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
  return {
    resource,
    outcome: { ...refOf(resource), outcome, tags: tags.map(tagOutcome), ...said },
    ...(ended.outcome === "redelivered" && { later: ended }),
  };
}

function tagOutcome({ key, ended: { outcome, code }, value }: ReasonedTag): TagOutcome {
  return { key, outcome, ...(value !== undefined && { value }), ...(code !== undefined && { code }) };
}

/** What has to come back, by `resourceKey`. */
export function comingBack(conclusions: ReadonlyMap<string, Conclusion>): Map<string, Redelivery> {
  const later = new Map<string, Redelivery>();
  for (const [key, conclusion] of conclusions) if (conclusion.later !== undefined) later.set(key, conclusion.later);
  return later;
}

/** The same conclusions, where those of `dead`, by `resourceKey`, have to come back and can't any more. */
export function withFailed(conclusions: ReadonlyMap<string, Conclusion>, dead: ReadonlySet<string>): Conclusion[] {
  return Array.from(conclusions, ([key, conclusion]) =>
    dead.has(key) ? { ...conclusion, outcome: asFailed(conclusion.outcome) } : conclusion,
  );
}
