import type { Compliance, Evaluation, InvalidTag, NearMiss } from "../evaluation.ts";
import type { Resource, Tags } from "../resource.ts";
import { isBlank, refusal } from "./constraint.ts";
import { exemptKeys, type Exemption } from "./exemption.ts";
import type { Asked } from "./place-plan.ts";
import type { RequiredKey } from "./required-key.ts";
import type { Requirement } from "./requirement.ts";

const NO_KEYS: readonly string[] = [];
const NO_INVALID: readonly InvalidTag[] = [];
const NO_NEAR_MISSES: readonly NearMiss[] = [];

/** Evaluates one resource against what the policies ask of it, exemptions as of `at`. */
export function evaluate(resource: Resource, asked: Asked, exemptions: readonly Exemption[], at: number): Evaluation {
  const { requirement } = asked;
  const { tags } = resource;
  if (tags === undefined) {
    const compliance = requirement === undefined && !asked.uncertain ? "not-applicable" : "unknown";
    return clean(resource, compliance, requirement?.policies ?? NO_KEYS);
  }
  if (requirement === undefined) return clean(resource, "not-applicable", NO_KEYS);
  const found = inspect(tags, requirement);
  if (found === undefined) return clean(resource, "compliant", requirement.policies);
  const exempt = exemptions.length === 0 ? undefined : exemptKeys(exemptions, resource, resource, at);
  if (exempt === undefined) return result(resource, "noncompliant", found, requirement.policies);
  const left = without(found, exempt);
  const compliance = left.missing.length + left.invalid.length > 0 ? "noncompliant" : "exempt";
  return result(resource, compliance, left, requirement.policies);
}

/** Bits of a mask of keys; a requirement of more keys does without masks. */
const MOST_BITS = 30;

/**
 * What is missing and invalid among these tags; undefined where nothing is. The first pass allocates nothing, because
 * it is all that a compliant resource needs.
 */
function inspect(tags: Tags, requirement: Requirement): Found | undefined {
  const { keys } = requirement;
  let missing = 0;
  let invalid = 0;
  let present = 0;
  for (let index = 0; index < keys.length; index++) {
    const required = keys[index];
    if (required === undefined) continue;
    const value = tags.get(required.key);
    if (value !== undefined) present += 1;
    // In requirements of more keys than bits, all that counts is whether one is set.
    if (isMissing(value, required)) missing |= 1 << (index & 31);
    else if (value !== undefined && isInvalid(value, required)) invalid |= 1 << (index & 31);
  }
  if ((missing | invalid) === 0) return undefined;
  const absent =
    missing === 0 ? NO_KEYS : keys.length > MOST_BITS ? missingOf(tags, keys) : requirement.byMask(missing);
  return {
    missing: absent,
    invalid: invalid === 0 ? NO_INVALID : invalidOf(tags, keys),
    // Where every tag is a required one, none is another spelling of one.
    nearMisses: missing === 0 || present === tags.size ? NO_NEAR_MISSES : nearMisses(tags, absent, requirement),
  };
}

function isMissing(value: string | undefined, required: RequiredKey): boolean {
  return value === undefined || (isBlank(value) && !required.allowBlank);
}

function isInvalid(value: string, required: RequiredKey): boolean {
  return required.constraints.length > 0 && !isBlank(value) && refusal(value, required.constraints) !== undefined;
}

function missingOf(tags: Tags, keys: readonly RequiredKey[]): string[] {
  return keys.filter((required) => isMissing(tags.get(required.key), required)).map(({ key }) => key);
}

function invalidOf(tags: Tags, keys: readonly RequiredKey[]): InvalidTag[] {
  const found: InvalidTag[] = [];
  for (const { key, constraints } of keys) {
    const value = constraints.length === 0 ? undefined : tags.get(key);
    const reason = value === undefined || isBlank(value) ? undefined : refusal(value, constraints);
    if (value !== undefined && reason !== undefined) found.push({ key, value, reason });
  }
  return found;
}

function without(found: Found, exempt: (key: string) => boolean): Found {
  return {
    missing: found.missing.filter((key) => !exempt(key)),
    invalid: found.invalid.filter(({ key }) => !exempt(key)),
    nearMisses: found.nearMisses.filter(({ key }) => !exempt(key)),
  };
}

function nearMisses(tags: Tags, missing: readonly string[], requirement: Requirement): readonly NearMiss[] {
  let found: NearMiss[] | undefined;
  for (const other of tags.keys()) {
    const index = requirement.nearMisses.find(other);
    const key = index < 0 ? undefined : requirement.keys[index]?.key;
    if (key !== undefined && missing.includes(key)) (found ??= []).push({ key, found: other });
  }
  // Sorted, so that the order in which a provider lists tags changes nothing.
  return found === undefined ? NO_NEAR_MISSES : found.sort((a, b) => order(a.key, b.key) || order(a.found, b.found));
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

type Found = Pick<Evaluation, "missing" | "invalid" | "nearMisses">;

const NOTHING: Found = { missing: NO_KEYS, invalid: NO_INVALID, nearMisses: NO_NEAR_MISSES };

function clean(resource: Resource, compliance: Compliance, policies: readonly string[]): Evaluation {
  return result(resource, compliance, NOTHING, policies);
}

function result(resource: Resource, compliance: Compliance, found: Found, policies: readonly string[]): Evaluation {
  return {
    id: resource.id,
    type: resource.type,
    account: resource.account,
    region: resource.region,
    compliance,
    missing: found.missing,
    invalid: found.invalid,
    nearMisses: found.nearMisses,
    policies,
  };
}
