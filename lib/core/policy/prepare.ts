import type { Evaluation, PolicySet } from "../evaluation.ts";
import type { Resource } from "../resource.ts";
import type { Mode } from "../mode.ts";
import type { Telling } from "./about.ts";
import type { CompiledMatch, CompiledPolicies, CompiledPolicy, Repair, Severity } from "./compiled.ts";
import type { Search } from "./words.ts";
import { exemptionStates, prepareExemptions, type ExemptionState } from "./exemption.ts";
import { preparePolicySet } from "./policy-set.ts";
import { askedTags } from "./required-key.ts";
import { words } from "./words/words.ts";
import { allRequirements, requirementIds } from "./requirement-ids.ts";

/** What a report needs to know of a policy. */
export interface PolicySummary {
  readonly name: string;
  readonly match: CompiledMatch;
  readonly mode: Mode;
  readonly severity: Severity;
  readonly repair: Repair;
  readonly graceDays: number;
  /** The keys that it requires, in file order. */
  readonly keys: readonly string[];
  readonly description?: string;
  readonly url?: string;
  /** The same keys, and what is said of them. */
  readonly require: Telling["require"];
}

/** How severe a finding is and what follows from it. */
export interface Consequences {
  readonly severity: Severity;
  readonly repair: Repair;
  readonly graceDays: number;
}

/** A policy set that audits can also ask about the policies themselves. */
export interface PreparedPolicies extends PolicySet {
  /** In file order. */
  readonly policies: readonly PolicySummary[];
  /** Every key that some policy requires, in file order. */
  readonly requiredKeys: readonly string[];
  /** Every exemption, in file order, and whether it has expired `at` (milliseconds since the epoch). */
  exemptionsAt(at: number): readonly ExemptionState[];
  /** The positions of the exemptions that match this resource, expired ones too. */
  exemptionsMatching(resource: Resource): readonly number[];
  /** The last day, as YYYY-MM-DD, on which this resource, exempt `at` that time, stays so; undefined where it isn't. */
  exemptUntil(resource: Resource, at: number): string | undefined;
  /**
   * Of the policies that this evaluation finds broken: the highest severity, the shortest grace, and `nightly` where
   * one of them repairs. undefined where none is broken.
   */
  consequencesOf(evaluation: Evaluation): Consequences | undefined;
  /**
   * Whether enforcement would write, by these policies alone, a tag of this noncompliant resource that a broken policy
   * with `repair: nightly` misses.
   */
  repairable(resource: Resource, evaluation: Evaluation, at: number): boolean;
  /** What they ask, by name, sorted: `requirementIds`. */
  readonly requirements: readonly string[];
  /** What a policy asks, by key: `requirementIds`; undefined where there is no such policy. */
  requirementsOf(policy: string): ReadonlyMap<string, string> | undefined;
}

/** `preparePolicySet`, with what audits ask besides. */
export function preparePolicies(compiled: CompiledPolicies, search?: Search): PreparedPolicies {
  const set = preparePolicySet(compiled, { ...(search && { search }), words });
  const exemptions = prepareExemptions(compiled.exemptions);
  const policies = compiled.policies.map(summary);
  const anyNightly = policies.some(({ repair }) => repair === "nightly");
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  const idsOf = new Map(compiled.policies.map((policy) => [policy.name, requirementIds(policy)]));
  return {
    ...set,
    policies,
    requiredKeys: [...new Set(policies.flatMap(({ keys }) => keys))],
    requirements: allRequirements(compiled.policies),
    requirementsOf: (policy) => idsOf.get(policy),
    exemptionsMatching: (resource) => exemptions.matching(resource),
    exemptionsAt: (at) => exemptionStates(compiled.exemptions, at),
    exemptUntil: (resource, at) => {
      const ends = exemptions
        .matching(resource)
        .flatMap((position) => exemptions.at(position)?.endsAt ?? [])
        .filter((end) => end > at)
        .sort((a, b) => a - b);
      const end = ends.find((moment) => set.evaluate(resource, moment).compliance !== "exempt");
      return end === undefined ? undefined : new Date(end - 1).toISOString().slice(0, 10);
    },
    consequencesOf: (evaluation) => {
      const broken = evaluation.broken.flatMap(({ policy }) => byName.get(policy) ?? []);
      return broken.length === 0 ? undefined : consequences(broken);
    },
    repairable: (resource, evaluation, at) => {
      if (!anyNightly || evaluation.compliance !== "noncompliant") return false;
      const nightly = evaluation.broken.flatMap(({ policy, keys }) =>
        byName.get(policy)?.repair === "nightly" ? keys : [],
      );
      if (nightly.length === 0) return false;
      return set
        .decide(resource, evaluation, at)
        .some(({ key, action }) => action === "write" && nightly.includes(key));
    },
  };
}

function summary(policy: CompiledPolicy): PolicySummary {
  const { name, match, mode, severity, repair, graceDays, description, url } = policy;
  const require = askedTags(policy);
  const keys = require.map(({ key }) => key);
  const said = { ...(description !== undefined && { description }), ...(url !== undefined && { url }) };
  return { name, match, mode, severity, repair, graceDays, keys, require, ...said };
}

function consequences(policies: readonly PolicySummary[]): Consequences {
  const severities = policies.map(({ severity }) => severity);
  return {
    severity: severities.includes("high") ? "high" : severities.includes("medium") ? "medium" : "low",
    repair: policies.some(({ repair }) => repair === "nightly") ? "nightly" : "never",
    graceDays: Math.min(...policies.map(({ graceDays }) => graceDays)),
  };
}
