import { textProblem } from "../contract.ts";
import type { Evaluation, LeaveReason, TagDecision } from "../evaluation.ts";
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
export function decide(
  resource: Resource,
  evaluation: Evaluation,
  { keys, limits, rare }: Requirement,
  at: number,
): TagDecision[] {
  if (resource.tags === undefined) return [];
  if (rare !== undefined) return rare.decide(resource, evaluation, at);
  const wanted = wrongKeys(evaluation);
  const decisions: TagDecision[] = [];
  for (const required of keys) {
    if (wanted.has(required.key)) decisions.push(decideKey(required, { resource, evaluation, limits, at }));
  }
  return decisions;
}

/** Those that are missing or invalid. */
export function wrongKeys({ missing, invalid }: Evaluation): ReadonlySet<string> {
  return new Set(invalid.length === 0 ? missing : [...missing, ...invalid.map(({ key }) => key)]);
}

export interface Deciding {
  readonly resource: Resource;
  readonly evaluation: Evaluation;
  readonly limits: Requirement["limits"];
  readonly at: number;
  /** Keys that the resource carries and that stand for an absent one; absent = none ever does. */
  readonly standIns?: (key: string) => readonly string[];
}

export function leave(key: string, reason: LeaveReason, detail: string): TagDecision {
  return { key, action: "leave", reason, detail };
}

/** What to do about one missing or invalid key. */
export function decideKey(required: RequiredKey, deciding: Deciding): TagDecision {
  const { key } = required;
  const { resource, limits, at } = deciding;
  const impediment = whyNot(required, deciding);
  if (impediment !== undefined) return impediment;
  const problem = (value: string): string | undefined => whyIllegal(value, required, limits, at);
  const others = otherKeys(required, deciding);
  if (others !== undefined) {
    const adopted = required.adoptNearMiss ? adoptable(resource, others.spellings, problem) : undefined;
    return adopted === undefined ? leave(key, "near-miss", others.detail) : { key, action: "write", value: adopted };
  }
  const offered = required.default?.(resource) ?? [];
  const value = offered.find((each) => problem(each) === undefined);
  if (value !== undefined) return { key, action: "write", value };
  return leave(key, "no-default", noDefault(required, offered, problem));
}

/** Why nothing may be written, whatever the value; undefined where something may. */
function whyNot({ key, enforced, overwrite }: RequiredKey, { resource, limits }: Deciding): TagDecision | undefined {
  if (!enforced) return leave(key, "report-mode", "no matching policy enforces this key");
  if (resource.tags?.has(key) === true && !overwrite) {
    return leave(key, "no-overwrite", "there is a value, and the required tag doesn't say overwrite: true");
  }
  const keyProblem = limits === undefined ? undefined : textProblem(key, limits.key);
  return keyProblem === undefined
    ? undefined
    : leave(key, "no-default", `the provider refuses the key: it ${keyProblem}`);
}

interface OtherKeys {
  /** Those that are only spelt otherwise: their values may be copied. */
  readonly spellings: readonly string[];
  readonly detail: string;
}

/** What the resource carries in place of an absent key, and holds its default back; undefined where that is nothing. */
function otherKeys({ key }: RequiredKey, { evaluation, standIns }: Deciding): OtherKeys | undefined {
  const spellings = evaluation.nearMisses.filter((nearMiss) => nearMiss.key === key).map(({ found }) => found);
  if (spellings.length > 0) {
    return { spellings, detail: `held back by another spelling: ${spellings.map(shown).join(", ")}` };
  }
  const others = standIns?.(key) ?? [];
  if (others.length === 0) return undefined;
  return { spellings: [], detail: `held back by what stands for it: ${others.map(shown).join(", ")}` };
}

/** Why a value may not be written, as a sentence fragment; undefined where it may. */
export function whyIllegal(
  value: string,
  required: RequiredKey,
  limits: Requirement["limits"],
  at: number,
): string | undefined {
  if (isBlank(value)) return "is blank";
  return (
    refusal(value, required.constraint, at) ?? (limits === undefined ? undefined : textProblem(value, limits.value))
  );
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
