import type {
  About,
  Compliance,
  Evaluation,
  ForbiddenKey,
  InvalidTag,
  NearMiss,
  TagDecision,
} from "../../evaluation.ts";
import { refOf, type ResourceRef } from "../../resource.ts";
import { shown } from "../../shown.ts";
import type { CompiledDefault, CompiledExemption, CompiledPolicies, CompiledPolicy, Severity } from "../compiled.ts";
import { isBlank, refusals, type Constraint } from "../constraint.ts";
import { aboutPolicies } from "../about.ts";
import { decide, whyIllegal } from "../decide.ts";
import { evaluate } from "../evaluate.ts";
import { exemptionStates, prepareExemptions, type Exemptions } from "../exemption.ts";
import type { Mode } from "../../mode.ts";
import { askedTags, type RequiredKey } from "../required-key.ts";
import type { Search } from "../words.ts";
import { keyFor, requiredToWrite, wrongWith, type RareKey } from "../words/rare-key.ts";
import { words } from "../words/words.ts";
import { prepareRequirement, type Requirement } from "../requirement.ts";
import { becauseOf, matchedBy, presentOf, type Because, type Known } from "./because.ts";
import { triedSources, type KnownParts, type TriedSource } from "./sources.ts";

/** Why policies say of one resource what they say. */
export interface Explanation {
  readonly resource: ResourceRef;
  readonly compliance: Compliance;
  /** Every policy, in file order. */
  readonly policies: readonly ExplainedPolicy[];
  /** Every key that the policies which apply require, in their order. */
  readonly tags: readonly ExplainedTag[];
}

export interface ExplainedPolicy {
  readonly name: string;
  /** null = its tags would decide, and they aren't known. */
  readonly matched: boolean | null;
  readonly because: readonly Because[];
  readonly mode: Mode;
  readonly severity: Severity;
  readonly description?: string;
  readonly url?: string;
}

/**
 * `unknown`: nobody knows whether the resource carries it. `not-needed`: another key of its list is there, which is enough.
 */
export type Verdict = "valid" | "missing" | "invalid" | "exempt" | "not-needed" | "forbidden" | "unknown";

export interface ExplainedTag {
  readonly key: string;
  readonly verdict: Verdict;
  /** null = there is no such tag. Absent = it isn't known. */
  readonly found?: string | null;
  /** The other key that has this value, where one stands for it. */
  readonly foundAs?: string;
  /** Why it is missing or invalid, exempt or not, as a sentence fragment. */
  readonly reason?: string;
  /** The policies that require it, in file order. */
  readonly requiredBy: readonly string[];
  /** What its value must be, all of it; null = any value that isn't blank. */
  readonly constraint: string | null;
  /** What takes it out of what is missing and invalid, or did until it expired. */
  readonly exemption: ExplainedExemption | null;
  /** What enforcement does about it; null where nothing need be done. */
  readonly default: ExplainedDefault | null;
  /** What the policies say that it is about. */
  readonly description?: string;
  readonly url?: string;
}

export interface ExplainedExemption {
  readonly reason: string;
  readonly approvedBy?: string;
  readonly expires: string;
  readonly expired: boolean;
}

export interface ExplainedDefault {
  /** `unknown`: it depends on what isn't known of the resource. */
  readonly action: "write" | "leave" | "unknown";
  readonly value?: string;
  /** Where the value comes from, in words. */
  readonly from?: string;
  /** Why nothing is written: a `LeaveReason`, or the code of what the provider refuses. */
  readonly reason?: string;
  readonly detail?: string;
  /** The policy whose default it is, or that inherits it; absent = there is none. */
  readonly policy?: string;
  /** What was tried, in its order, up to what gave the value. */
  readonly tried: readonly (TriedSource & { readonly refused?: string })[];
}

/** What is to be explained. Where only some tags are known, the rest of it is told as unknown. */
export interface Question extends Known {
  /** What was found under other spellings, where the tags themselves aren't known. */
  readonly nearMisses?: readonly NearMiss[];
  /** False where there may have been an event that nobody has any more. */
  readonly isEventKnown?: boolean;
}

/** Explains one resource, exemptions as of `at` (milliseconds since the epoch). */
export type Explain = (question: Question, at: number) => Explanation;

/** Makes compiled policies ready to be asked why. It asks what evaluation and enforcement ask, of the same code. */
export function prepareExplain(compiled: CompiledPolicies, search: Search): Explain {
  const { policies, limits } = compiled;
  const exemptions = prepareExemptions(compiled.exemptions);
  const known = new Map<string, Requirement>();
  const requirementOf = (type: string, applying: readonly CompiledPolicy[]): Requirement | undefined => {
    if (applying.length === 0) return undefined;
    const key = JSON.stringify([type, ...applying.map(({ name }) => name)]);
    const requirement = known.get(key) ?? prepareRequirement(applying, type, { limits, search, words });
    known.set(key, requirement);
    return requirement;
  };
  return (question, at) => {
    const explained = policies.map((policy) => explainPolicy(policy, question));
    const { some } = question;
    const isMeant = ({ matched }: ExplainedPolicy): boolean =>
      matched === true || (matched === null && some !== undefined);
    const applying = policies.filter((_, index) => isMeant(explained[index] as ExplainedPolicy));
    const requirement = requirementOf(question.resource.type, applying);
    const uncertain = explained.some(({ matched }) => matched === null);
    const resource = some === undefined ? question.resource : { ...question.resource, tags: presentOf(some) };
    const evaluation = evaluate(resource, { requirement, uncertain }, exemptions, at);
    const asked = withoutValues({ ...question, resource }, requirement);
    const decisions = requirement === undefined ? [] : decisionsOn(asked, evaluation, requirement, at);
    const context = { asked, evaluation, decisions, applying, search, exemptions, compiled, at };
    const isForbidden = (key: string): boolean =>
      applying.some(({ name }) => requirement?.rare?.forbids(name, key) === true);
    const tags = [
      ...keysOf(requirement, applying, search)
        .filter(([{ key }]) => !carriesForbidden(key, evaluation))
        .map(([required, of]) => explainTag(required, of, context)),
      ...(evaluation.forbidden ?? []).map((one) => explainForbidden(one, context)),
    ];
    return {
      resource: refOf(resource),
      compliance: some === undefined ? evaluation.compliance : complianceBy(evaluation, tags),
      policies: explained.map((policy) => withoutSecrets(policy, isForbidden)),
      tags,
    };
  };
}

/** With nothing in the tags of which the key is forbidden: what they hold is told nowhere. */
function withoutValues(question: Question, requirement: Requirement | undefined): Question {
  const { resource, some } = question;
  const rare = requirement?.rare;
  if (rare === undefined || resource.tags === undefined) return question;
  const tags = rare.redacted(resource.tags);
  if (tags === resource.tags) return question;
  const known = some && new Map([...some].map(([key, value]) => [key, value && tags.get(key)] as const));
  return { ...question, resource: { ...resource, tags }, ...(known !== undefined && { some: known }) };
}

function carriesForbidden(key: string, { forbidden }: Evaluation): boolean {
  return forbidden?.some((one) => one.key === key) === true;
}

/** That it is there is all that is told of it. */
function explainForbidden({ key, reason }: ForbiddenKey, context: Context): ExplainedTag {
  const { evaluation } = context;
  return {
    key,
    verdict: "forbidden",
    reason,
    requiredBy: evaluation.broken.flatMap(({ policy, keys }) => (keys.includes(key) ? [policy] : [])),
    constraint: null,
    exemption: null,
    default: null,
  };
}

const NOT_SHOWN = "(not shown)";

/** What a forbidden key holds isn't told where a policy matches by it either. */
function withoutSecrets(policy: ExplainedPolicy, isForbidden: (key: string) => boolean): ExplainedPolicy {
  const isSecret = (field: string): boolean => field.startsWith("tags.") && isForbidden(field.slice("tags.".length));
  const hide = (field: string, found: string | null): string | null =>
    found !== null && isSecret(field) ? NOT_SHOWN : found;
  const because = policy.because.map((one): Because => {
    const { field, found } = one;
    if (found === undefined || found === null) return one;
    if (typeof found === "string") return { ...one, found: hide(field, found) };
    return {
      ...one,
      found: Object.fromEntries(Object.entries(found).map(([name, there]) => [name, hide(name, there)])),
    };
  });
  return { ...policy, because };
}

/** Each key that is required in one way or another, as all policies together would have it written. */
function keysOf(
  requirement: Requirement | undefined,
  applying: readonly CompiledPolicy[],
  search: Search,
): readonly (readonly [RareKey, Requirement])[] {
  if (requirement === undefined) return [];
  const keys = requiredToWrite(applying, { search, words });
  return keys.map((required) => [required, requirement]);
}

/** Of what is known in parts alone: what is found wrong is, and of the rest nobody knows. */
function complianceBy({ compliance }: Evaluation, tags: readonly ExplainedTag[]): Compliance {
  if (compliance === "not-applicable") return compliance;
  if (tags.some(({ verdict }) => verdict === "missing" || verdict === "invalid")) return "noncompliant";
  return tags.some(({ verdict }) => verdict === "unknown") ? "unknown" : compliance;
}

function explainPolicy(policy: CompiledPolicy, question: Question): ExplainedPolicy {
  const { name, mode, severity } = policy;
  const because = becauseOf(policy.match, question);
  return { name, matched: matchedBy(because), because, mode, severity, ...saidOf(policy) };
}

function saidOf({ description, url }: Pick<About, "description" | "url">): Pick<About, "description" | "url"> {
  return { ...(description !== undefined && { description }), ...(url !== undefined && { url }) };
}

function decisionsOn(
  { resource, nearMisses }: Question,
  evaluation: Evaluation,
  requirement: Requirement,
  at: number,
): readonly TagDecision[] {
  if (evaluation.compliance !== "noncompliant") return [];
  return decide(resource, nearMisses === undefined ? evaluation : { ...evaluation, nearMisses }, requirement, at);
}

interface Context {
  readonly asked: Question;
  readonly evaluation: Evaluation;
  readonly decisions: readonly TagDecision[];
  /** The policies that apply, in file order. */
  readonly applying: readonly CompiledPolicy[];
  readonly search: Search;
  readonly exemptions: Exemptions;
  readonly compiled: CompiledPolicies;
  readonly at: number;
}

function explainTag(required: RareKey, requirement: Requirement, context: Context): ExplainedTag {
  const { key, policies } = required;
  const { evaluation, asked, decisions } = context;
  const foundAs = standInFor(required, context);
  const found = foundIn(asked, foundAs ?? key);
  const invalid = evaluation.invalid.find((tag) => tag.key === key);
  const verdict = found === undefined ? "unknown" : verdictOn(key, evaluation, invalid);
  if (verdict === "valid" && isUnneeded(required, context)) return unneeded(required, found, context);
  const spellings = nearMissesOf(key, context).map((one) => shown(one));
  const reason =
    verdict === "valid" || verdict === "unknown" ? undefined : whyBad(found, required, spellings, context.at);
  const decision = decisions.find((one) => one.key === key);
  const about = aboutPolicies(context.applying).find((one) => one.key === key);
  return {
    key,
    verdict,
    ...(found !== undefined && { found }),
    ...(foundAs !== undefined && { foundAs }),
    ...(reason !== undefined && { reason }),
    requiredBy: policies,
    constraint: constraintText(required.constraint),
    exemption: verdict === "valid" || verdict === "unknown" ? null : exemptionOf(key, context),
    default:
      decision === undefined || verdict === "unknown"
        ? null
        : explainDefault(decision, required, requirement.limits, context),
    ...saidOf(about ?? {}),
  };
}

/** The key that stands for an absent one. */
function standInFor(required: RareKey, { asked: { resource, some }, at }: Context): string | undefined {
  if (resource.tags === undefined || (some !== undefined && !some.has(required.key))) return undefined;
  const counting = keyFor(required, resource.tags, at);
  return counting === required.key ? undefined : counting;
}

/** Whether a key is one of several of which another one is enough, and would be wrong by itself. */
function isUnneeded(required: RareKey, { asked: { resource, some }, applying, at }: Context): boolean {
  if (some !== undefined || resource.tags === undefined) return false;
  const isListed = applying.some(({ anyOf = [] }) => anyOf.flat().some(({ key }) => key === required.key));
  return isListed && wrongWith(required, resource.tags, at) !== undefined;
}

function unneeded(required: RareKey, found: string | null | undefined, { applying }: Context): ExplainedTag {
  const lists = applying.flatMap(({ anyOf = [] }) =>
    anyOf.filter((list) => list.some(({ key }) => key === required.key)),
  );
  const keys = [...new Set(lists.flat().map(({ key }) => shown(key)))];
  return {
    key: required.key,
    verdict: "not-needed",
    ...(found !== undefined && { found }),
    reason: `one of ${keys.join(", ")} is enough`,
    requiredBy: required.policies,
    constraint: constraintText(required.constraint),
    exemption: null,
    default: null,
  };
}

function foundIn({ resource, some }: Question, key: string): string | null | undefined {
  if (some !== undefined) return some.has(key) ? (some.get(key) ?? null) : undefined;
  return resource.tags === undefined ? undefined : (resource.tags.get(key) ?? null);
}

function verdictOn(key: string, evaluation: Evaluation, invalid: InvalidTag | undefined): Verdict {
  if (invalid !== undefined) return "invalid";
  if (evaluation.missing.includes(key)) return "missing";
  return evaluation.spared?.some(({ keys }) => keys.includes(key)) === true ? "exempt" : "valid";
}

/** The keys of the resource that are other spellings of this one. */
function nearMissesOf(key: string, { asked, evaluation }: Context): readonly string[] {
  return (asked.nearMisses ?? evaluation.nearMisses).flatMap((one) => (one.key === key ? [one.found] : []));
}

function whyBad(
  found: string | null | undefined,
  { constraint }: RequiredKey,
  spellings: readonly string[],
  at: number,
): string {
  const others = spellings.length === 0 ? "" : `; another spelling is there: ${spellings.join(", ")}`;
  if (found === undefined || found === null) return `there is no such tag${others}`;
  return isBlank(found) ? `is blank${others}` : refusals(found, constraint, at).join(" and ");
}

/** What each constraint of a chain says, in one sentence. */
function constraintText(first: Constraint | undefined): string | null {
  const reasons: string[] = [];
  for (let constraint = first; constraint !== undefined; constraint = constraint.next) reasons.push(constraint.reason);
  return reasons.length === 0 ? null : reasons.join(" and ");
}

/** One that counts goes before one that has expired. */
function exemptionOf(key: string, { asked, exemptions, compiled, at }: Context): ExplainedExemption | null {
  const states = exemptionStates(compiled.exemptions, at);
  const about = exemptions.matching(asked.resource).flatMap((position) => {
    const exemption: CompiledExemption | undefined = compiled.exemptions[position];
    const { expired = false } = states[position] ?? {};
    if (exemption === undefined || exemption.tags?.includes(key) === false) return [];
    return [{ exemption, expired }];
  });
  const chosen = about.find(({ expired }) => !expired) ?? about[0];
  if (chosen === undefined) return null;
  const { reason, approvedBy, expires } = chosen.exemption;
  return { reason, ...(approvedBy !== undefined && { approvedBy }), expires, expired: chosen.expired };
}

function explainDefault(
  decision: TagDecision,
  required: RequiredKey,
  limits: Requirement["limits"],
  context: Context,
): ExplainedDefault {
  const { asked, applying } = context;
  const { key } = decision;
  if (decision.action === "write") {
    const adopted = nearMissesOf(key, context).find((other) => asked.resource.tags?.get(other) === decision.value);
    const from = adopted === undefined ? undefined : `another spelling of the key, ${shown(adopted)}`;
    if (from !== undefined) return { action: "write", value: decision.value, from, tried: [] };
  } else if (decision.reason !== "no-default") {
    return { action: "leave", reason: decision.reason, detail: decision.detail, tried: [] };
  }
  const holder = applying.find((one) => askedTags(one).some((tag) => tag.key === key && tag.default !== undefined));
  const policy = holder === undefined ? {} : { policy: holder.name };
  const tried = triedFor(
    holder && askedTags(holder).find((tag) => tag.key === key)?.default,
    required,
    limits,
    context,
  );
  const last = tried.at(-1);
  if (last?.unknown === true) return { action: "unknown", from: last.from, ...policy, tried };
  if (decision.action === "leave") {
    return { action: "leave", reason: decision.reason, detail: decision.detail, ...policy, tried };
  }
  return { action: "write", value: decision.value, ...(last !== undefined && { from: last.from }), ...policy, tried };
}

/** The sources of a default in their order, up to the one that gives a legal value, or may. */
function triedFor(
  source: CompiledDefault | undefined,
  required: RequiredKey,
  limits: Requirement["limits"],
  { asked: { resource, some, isEventKnown = true }, search, at }: Context,
): ExplainedDefault["tried"] {
  if (source === undefined) return [];
  const known: KnownParts = { isTagKnown: (key) => some === undefined || some.has(key), isEventKnown };
  const all = triedSources(source, resource, known, search).map((one) => {
    const refused = one.value === undefined ? undefined : whyIllegal(one.value, required, limits, at);
    return { ...one, ...(refused !== undefined && { refused }) };
  });
  const end = all.findIndex(
    ({ value, refused, unknown }) => unknown === true || (value !== undefined && refused === undefined),
  );
  return end < 0 ? all : all.slice(0, end + 1);
}
