import type { Resource, ResourceRef, Tags } from "./resource.ts";

/** What the policies say of one resource. */
export type Compliance = "compliant" | "noncompliant" | "not-applicable" | "exempt" | "unknown";

export const COMPLIANCES: readonly Compliance[] = ["compliant", "noncompliant", "exempt", "not-applicable", "unknown"];

export interface InvalidTag {
  readonly key: string;
  readonly value: string;
  /** A sentence fragment, e.g. `must be one of prod, staging`. */
  readonly reason: string;
  /** The key that has the value, where it is another one that stands for this. */
  readonly found?: string;
}

/** A key that may not be there. What its tag holds is never told. */
export interface ForbiddenKey {
  readonly key: string;
  /** A sentence fragment, e.g. `is forbidden`. */
  readonly reason: string;
}

/** A tag under another spelling of a required key. */
export interface NearMiss {
  /** The required key. */
  readonly key: string;
  /** The key that the resource carries. */
  readonly found: string;
}

/** A policy that a resource breaks. */
export interface BrokenPolicy {
  readonly policy: string;
  /** Its keys that are missing, invalid by its own word, or forbidden by it, in policy order; at least one. */
  readonly keys: readonly string[];
}

/** What a policy file says, for whoever has to mend it, of a key or a policy. Exactly one of the two is named. */
export interface About {
  readonly key?: string;
  readonly policy?: string;
  readonly description?: string;
  readonly url?: string;
}

/** The result of evaluating one resource; its JSON is a line of `tagwarden evaluate`. */
export interface Evaluation extends ResourceRef {
  readonly compliance: Compliance;
  /** Required keys that are absent or blank, exemptions taken out, in policy order. */
  readonly missing: readonly string[];
  readonly invalid: readonly InvalidTag[];
  readonly nearMisses: readonly NearMiss[];
  /** The policies whose requirements are broken, exemptions taken out, in file order. */
  readonly broken: readonly BrokenPolicy[];
  /** Names of the policies that an exemption alone keeps from being broken, in file order; absent = there is none. */
  readonly exempted?: readonly string[];
  /** What an exemption takes out of the broken ones: policies with those of their keys; absent = there is none. */
  readonly spared?: readonly BrokenPolicy[];
  /** Names of the policies that match, in file order. */
  readonly policies: readonly string[];
  /** Keys that are there and may not be, exemptions taken out, sorted; absent = there is none. */
  readonly forbidden?: readonly ForbiddenKey[];
  /** Lists of which one key would be enough: those of their keys that are missing or invalid; absent = there is none. */
  readonly anyOf?: readonly (readonly string[])[];
  /** What the policy file says of what is broken here; absent = nothing. */
  readonly about?: readonly About[];
}

/** What an evaluation says of one of the policies that match: a resource breaks some and satisfies others. */
export function complianceWith(policy: string, { compliance, broken, exempted }: Evaluation): Compliance {
  if (compliance !== "noncompliant" && compliance !== "exempt") return compliance;
  if (broken.some((one) => one.policy === policy)) return "noncompliant";
  return exempted?.includes(policy) === true ? "exempt" : "compliant";
}

/** What enforcement would do about one missing or invalid key of a resource. */
export type TagDecision =
  | { readonly key: string; readonly action: "write"; readonly value: string }
  | { readonly key: string; readonly action: "leave"; readonly reason: LeaveReason; readonly detail: string };

/** A tag was put back as often as it may, and was changed again. */
export const FIGHT = "fight";

/**
 * `report-mode`: no matching policy enforces the key. `no-default`: none fits. `near-miss`: another spelling, or a key
 * that stands for it, holds it back. `no-overwrite`: there is a value, and it may not be replaced. `any-of`: another key
 * that is as good is written. `forbidden`: a policy forbids the key, and nothing is ever taken off. `fight`: it was put back as often as it may, and
 * was changed again. `our-command`: somebody has changed it by a command of ours, and means it.
 */
export type LeaveReason =
  | "report-mode"
  | "no-default"
  | "near-miss"
  | "no-overwrite"
  | "any-of"
  | "forbidden"
  | typeof FIGHT
  | "our-command";

/** Policies ready to evaluate: what `preparePolicies` makes of compiled policies. Pure: same input, same answer. */
export interface PolicySet {
  /** Names the compiled policies; findings and the journal carry it. */
  readonly hash: string;
  /** `at` in milliseconds since the epoch: exemptions count, and dates are compared with today, as of then. */
  evaluate(resource: Resource, at: number): Evaluation;
  /** One decision for each missing, invalid and forbidden key of the evaluation, in policy order; `at` as it was evaluated. */
  decide(resource: Resource, evaluation: Evaluation, at: number): readonly TagDecision[];
  /** Its tags, with nothing in those of which the key is forbidden. Absent = no policy forbids any. */
  redacted?(resource: Resource): Tags | undefined;
  /** The policies with `recheck: true` alone; absent = there is none, and changes of tags are nobody's business. */
  readonly rechecking?: PolicySet;
}
