import { textProblem } from "../contract.ts";
import type { Evaluation, TagDecision } from "../evaluation.ts";
import type { Resource } from "../resource.ts";
import { shown } from "../shown.ts";
import { isBlank, refusal } from "./constraint.ts";
import type { RequiredKey } from "./required-key.ts";
import type { Requirement } from "./requirement.ts";

/**
 * One decision for each missing and invalid key of the evaluation, in policy order. A key is written only where it is
 * absent, or blank or invalid and its required tag says `overwrite: true`; and only with a value that is legal both
 * for the policies and for the provider.
 */
export function decide(resource: Resource, evaluation: Evaluation, requirement: Requirement): TagDecision[] {
  if (resource.tags === undefined) return [];
  const { missing, invalid } = evaluation;
  const wanted = new Set(invalid.length === 0 ? missing : [...missing, ...invalid.map(({ key }) => key)]);
  const decisions: TagDecision[] = [];
  for (const required of requirement.keys) {
    if (wanted.has(required.key)) decisions.push(decideKey(resource, evaluation, required, requirement.limits));
  }
  return decisions;
}

function decideKey(
  resource: Resource,
  evaluation: Evaluation,
  required: RequiredKey,
  limits: Requirement["limits"],
): TagDecision {
  const { key } = required;
  const leave = (reason: (TagDecision & { action: "leave" })["reason"], detail: string): TagDecision => {
    return { key, action: "leave", reason, detail };
  };
  if (!required.enforced) return leave("report-mode", "no matching policy enforces this key");
  if (resource.tags?.has(key) === true && !required.overwrite) {
    return leave("no-overwrite", "there is a value, and the required tag doesn't say overwrite: true");
  }
  const keyProblem = limits === undefined ? undefined : textProblem(key, limits.key);
  if (keyProblem !== undefined) return leave("no-default", `the provider refuses the key: it ${keyProblem}`);
  const problem = (value: string): string | undefined => whyIllegal(value, required, limits);
  if (evaluation.nearMisses.some((nearMiss) => nearMiss.key === key)) {
    const others = evaluation.nearMisses.filter((nearMiss) => nearMiss.key === key).map(({ found }) => found);
    const adopted = required.adoptNearMiss ? adoptable(resource, others, problem) : undefined;
    if (adopted !== undefined) return { key, action: "write", value: adopted };
    return leave("near-miss", `held back by another spelling: ${others.map(shown).join(", ")}`);
  }
  const offered = required.default?.(resource) ?? [];
  const value = offered.find((each) => problem(each) === undefined);
  if (value !== undefined) return { key, action: "write", value };
  return leave("no-default", noDefault(required, offered, problem));
}

/** Why a value may not be written, as a sentence fragment; undefined where it may. */
export function whyIllegal(value: string, required: RequiredKey, limits: Requirement["limits"]): string | undefined {
  if (isBlank(value)) return "is blank";
  return refusal(value, required.constraint) ?? (limits === undefined ? undefined : textProblem(value, limits.value));
}

/** The one legal value under other spellings; undefined where there is none, or where they differ. */
function adoptable(
  resource: Resource,
  others: readonly string[],
  problem: (value: string) => string | undefined,
): string | undefined {
  const values = new Set(others.map((other) => resource.tags?.get(other) ?? ""));
  const legal = [...values].filter((value) => problem(value) === undefined);
  return legal.length === 1 ? legal[0] : undefined;
}

function noDefault(
  required: RequiredKey,
  offered: readonly string[],
  problem: (value: string) => string | undefined,
): string {
  if (required.default === undefined) return "the required tag has no default";
  if (offered.length === 0) return "the default has no value for this resource";
  return offered.map((value) => `the default ${shown(value)} ${problem(value)}`).join("; ");
}
