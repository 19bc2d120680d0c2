import type { Resource } from "../../resource.ts";
import { shown, shownWord } from "../../shown.ts";
import type { CompiledPolicies } from "../compiled.ts";
import { isBlank, prepareConstraints, refusal } from "../constraint.ts";
import type { ExplainedTag, Explanation } from "../explain/explain.ts";
import { allSources } from "../explain/sources.ts";
import { askedTags } from "../required-key.ts";
import { words } from "../words/words.ts";
import { prepareExemptions } from "../exemption.ts";

/** What cases can reach of a policy set. */
export type Covered = "policies" | "requiredTags" | "exemptions" | "defaults" | "constraints";

export const COVERED: readonly Covered[] = ["policies", "requiredTags", "exemptions", "defaults", "constraints"];

/** Of each kind, what some case has reached, and what none has, in words. */
export type Coverage = Readonly<
  Record<Covered, { readonly reached: readonly string[]; readonly missed: readonly string[] }>
>;

/** Keeps what cases reach of these policies. */
export interface CoverageRecord {
  add(resource: Resource, explanation: Explanation, at: number): void;
  coverage(): Coverage;
}

/**
 * A policy is reached where it applies to a case's resource; a required tag where a case finds it missing, invalid or
 * exempt; a constraint where it refuses a value; a default, each of its sources by itself, where it gives the value; an
 * exemption where it takes something out.
 */
export function recordCoverage(compiled: CompiledPolicies): CoverageRecord {
  const { policies } = compiled;
  const exemptions = prepareExemptions(compiled.exemptions);
  const all: Record<Covered, Map<string, boolean>> = {
    policies: new Map(policies.map(({ name }) => [name, false])),
    requiredTags: new Map(
      policies.flatMap((policy) => askedTags(policy).map(({ key }) => [tagText(policy.name, key), false])),
    ),
    exemptions: new Map(compiled.exemptions.map((_, position) => [exemptionText(compiled, position), false])),
    defaults: new Map(
      policies.flatMap((policy) =>
        askedTags(policy).flatMap(({ key, default: source }) =>
          source === undefined ? [] : allSources(source).map((from) => [defaultText(key, from), false] as const),
        ),
      ),
    ),
    constraints: new Map(constraintsOf(compiled).map(({ text }) => [text, false])),
  };
  const reach = (kind: Covered, text: string): void => {
    if (all[kind].has(text)) all[kind].set(text, true);
  };
  return {
    add(resource, { policies: judged, tags }, at) {
      for (const { name, matched } of judged) if (matched === true) reach("policies", name);
      const exempting = exemptions.matching(resource).filter((one) => at < (exemptions.at(one)?.endsAt ?? 0));
      for (const { key, verdict, requiredBy, default: by } of tags.filter((tag) => BAD.has(tag.verdict))) {
        for (const name of requiredBy) reach("requiredTags", tagText(name, key));
        if (by?.action === "write" && by.from !== undefined) reach("defaults", defaultText(key, by.from));
        const taking = exempting.filter((one) => exemptions.at(one)?.keys?.has(key) !== false);
        if (verdict === "exempt") for (const one of taking) reach("exemptions", exemptionText(compiled, one));
      }
      for (const text of refusingConstraints(compiled, tags, at)) reach("constraints", text);
    },
    coverage: () => ({
      policies: halves(all.policies),
      requiredTags: halves(all.requiredTags),
      exemptions: halves(all.exemptions),
      defaults: halves(all.defaults),
      constraints: halves(all.constraints),
    }),
  };
}

function halves(reached: ReadonlyMap<string, boolean>): Coverage[Covered] {
  const of = (wanted: boolean) => [...reached].flatMap(([text, is]) => (is === wanted ? [text] : []));
  return { reached: of(true), missed: of(false) };
}

const BAD: ReadonlySet<string> = new Set(["missing", "invalid", "exempt"]);

function isRefused({ found }: ExplainedTag, refuses: (value: string) => boolean): boolean {
  return typeof found === "string" && !isBlank(found) && refuses(found);
}

const tagText = (policy: string, key: string): string => `${shownWord(key)} of ${shown(policy)}`;

function exemptionText({ exemptions }: CompiledPolicies, position: number): string {
  const { reason = "", expires = "" } = exemptions[position] ?? {};
  return `${position + 1}: ${reason} (until ${expires})`;
}

const defaultText = (key: string, from: string): string => `${shownWord(key)}: ${from}`;

/** The constraints that refuse one of these values. */
function refusingConstraints(compiled: CompiledPolicies, tags: readonly ExplainedTag[], at: number): readonly string[] {
  const asked = new Map(tags.map((tag) => [tag.key, tag]));
  return constraintsOf(compiled).flatMap(({ key, policy, text, refuses }) => {
    const tag = asked.get(key);
    return tag?.requiredBy.includes(policy) === true && isRefused(tag, (value) => refuses(value, at)) ? [text] : [];
  });
}

interface CoverableConstraint {
  readonly key: string;
  readonly policy: string;
  readonly text: string;
  readonly refuses: (value: string, at: number) => boolean;
}

const known = new WeakMap<CompiledPolicies, readonly CoverableConstraint[]>();

function constraintsOf(compiled: CompiledPolicies): readonly CoverableConstraint[] {
  const before = known.get(compiled);
  if (before !== undefined) return before;
  const all = compiled.policies.flatMap((policy) =>
    askedTags(policy).flatMap(({ key, constraints }) =>
      constraints.map((constraint): CoverableConstraint => {
        const prepared = prepareConstraints([constraint], words);
        const text = `${shownWord(key)} ${prepared?.reason ?? ""}`;
        return { key, policy: policy.name, text, refuses: (value, at) => refusal(value, prepared, at) !== undefined };
      }),
    ),
  );
  known.set(compiled, all);
  return all;
}
