import type { BrokenPolicy, Compliance, Evaluation, InvalidTag, NearMiss } from "../evaluation.ts";
import type { Resource, Tags } from "../resource.ts";
import { blameFor, brokenPolicies } from "./broken.ts";
import { isBlank, refusal } from "./constraint.ts";
import { exemptKeys, type Exempt, type Exemptions } from "./exemption.ts";
import type { Asked } from "./place-plan.ts";
import type { RequiredKey } from "./required-key.ts";
import type { Requirement } from "./requirement.ts";
import type { RareRequirement } from "./words.ts";

const NO_KEYS: readonly string[] = [];
const NO_INVALID: readonly InvalidTag[] = [];
const NO_NEAR_MISSES: readonly NearMiss[] = [];
const NO_BROKEN: readonly BrokenPolicy[] = [];

/** Evaluates one resource against what the policies ask of it, exemptions and dates as of `at`. */
export function evaluate(resource: Resource, asked: Asked, exemptions: Exemptions, at: number): Evaluation {
  const { requirement } = asked;
  const { tags } = resource;
  if (tags === undefined) {
    const compliance = requirement === undefined && !asked.uncertain ? "not-applicable" : "unknown";
    return clean(resource, compliance, requirement?.policies ?? NO_KEYS);
  }
  if (requirement === undefined) return clean(resource, "not-applicable", NO_KEYS);
  const { rare } = requirement;
  const evaluation = rare === undefined ? inspect(resource, tags, requirement, at) : rare.inspect(resource, tags, at);
  if (evaluation.compliance === "compliant") return evaluation;
  const exempt = exemptions.size === 0 ? undefined : exemptKeys(exemptions, resource, at);
  const left = exempt === undefined ? evaluation : without(evaluation, exempt, rare);
  const about = rare?.about(left);
  return about === undefined ? left : { ...left, about };
}

/** Bits of a mask of keys; of a requirement of more keys, a mask says no more than whether there is one. */
const MOST_BITS = 30;

/** Finds what is missing and invalid. A compliant resource, the ordinary case, costs one pass that allocates nothing. */
function inspect(resource: Resource, tags: Tags, requirement: Requirement, at: number): Evaluation {
  const { keys } = requirement;
  let missing = 0;
  let refused = 0;
  let present = 0;
  let invalid = NO_INVALID;
  for (let index = 0; index < keys.length; index++) {
    const required = keys[index];
    if (required === undefined) continue;
    const { key, constraint } = required;
    const value = tags.get(key);
    if (value === undefined) {
      missing |= 1 << (index & 31);
      continue;
    }
    present += 1;
    if (isBlank(value)) {
      if (!required.allowBlank) missing |= 1 << (index & 31);
    } else if (constraint !== undefined) {
      const reason = refusal(value, constraint, at);
      if (reason === undefined) continue;
      refused |= 1 << (index & 31);
      const tag = { key, value, reason };
      invalid = invalid === NO_INVALID ? [tag] : [...invalid, tag];
    }
  }
  if (missing === 0 && invalid === NO_INVALID) return clean(resource, "compliant", requirement.policies);
  const absent = missing === 0 ? NO_KEYS : missingOf(tags, requirement, missing);
  // Where every tag is a required one, none is another spelling of one.
  const others =
    missing === 0 || present === tags.size ? NO_NEAR_MISSES : nearMisses(tags, absent, missing, requirement);
  return {
    id: resource.id,
    type: resource.type,
    account: resource.account,
    region: resource.region,
    compliance: "noncompliant",
    missing: absent,
    invalid,
    nearMisses: others,
    broken: brokenOf(tags, requirement, missing | refused, at),
    policies: requirement.policies,
  };
}

/** `wrong`: the mask of the missing and invalid keys. */
function brokenOf(tags: Tags, requirement: Requirement, wrong: number, at: number): readonly BrokenPolicy[] {
  const { policies, keys, disputed } = requirement;
  if (keys.length <= MOST_BITS && (wrong & disputed) === 0) return requirement.byMask(wrong).broken;
  return brokenPolicies(
    policies,
    keys.map((required) => blameFor(required, tags, at)),
  );
}

/** `missing`: their mask. */
function missingOf(tags: Tags, requirement: Requirement, missing: number): readonly string[] {
  const { keys } = requirement;
  if (keys.length <= MOST_BITS) return requirement.byMask(missing).keys;
  const isMissing = ({ key, allowBlank }: RequiredKey): boolean => {
    const value = tags.get(key);
    return value === undefined || (isBlank(value) && !allowBlank);
  };
  return keys.filter(isMissing).map(({ key }) => key);
}

/** Of a policy that forbids a key, only an exemption counts that names it. */
function without(evaluation: Evaluation, exempt: Exempt, rare: RareRequirement | undefined): Evaluation {
  const { anyOf, forbidden, ...whole } = evaluation;
  const isLeft = ({ key }: { readonly key: string }): boolean => !exempt.required(key);
  const missing = evaluation.missing.filter((key) => !exempt.required(key));
  const invalid = evaluation.invalid.filter(isLeft);
  const there = forbidden?.filter(({ key }) => !exempt.named(key)) ?? [];
  const groups = anyOf?.map((keys) => keys.filter((key) => !exempt.required(key))).filter((keys) => keys.length > 0);
  const isSpared = (key: string, policy: string): boolean =>
    rare?.forbids(policy, key) === true ? exempt.named(key) : exempt.required(key);
  const broken = overKeys(evaluation.broken, (key, policy) => !isSpared(key, policy));
  const spared = overKeys(evaluation.broken, isSpared);
  const left = new Set(broken.map(({ policy }) => policy));
  const exempted = evaluation.broken.map(({ policy }) => policy).filter((policy) => !left.has(policy));
  return {
    ...whole,
    compliance: missing.length + invalid.length + there.length > 0 ? "noncompliant" : "exempt",
    missing,
    invalid,
    nearMisses: evaluation.nearMisses.filter(isLeft),
    broken,
    ...(exempted.length > 0 && { exempted }),
    ...(spared.length > 0 && { spared }),
    ...(there.length > 0 && { forbidden: there }),
    ...(groups !== undefined && groups.length > 0 && { anyOf: groups }),
  };
}

/** What is broken over these keys alone. */
function overKeys(
  broken: readonly BrokenPolicy[],
  isMeant: (key: string, policy: string) => boolean,
): readonly BrokenPolicy[] {
  return broken.flatMap(({ policy, keys: all }) => {
    const keys = all.filter((key) => isMeant(key, policy));
    return keys.length === 0 ? [] : [{ policy, keys }];
  });
}

/** `absent`: the missing keys, in policy order; `missing`: their mask. */
function nearMisses(
  tags: Tags,
  absent: readonly string[],
  missing: number,
  { keys, nearMisses: { byFirstCharacter, find } }: Requirement,
): readonly NearMiss[] {
  let found: NearMiss[] | undefined;
  for (const other of tags.keys()) {
    const first = other.charCodeAt(0);
    if (first < byFirstCharacter.length && ((byFirstCharacter[first] ?? 0) & missing) === 0) continue;
    const key = keys[find(other)]?.key;
    if (key !== undefined && absent.includes(key)) (found ??= []).push({ key, found: other });
  }
  // Sorted, so that the order in which a provider lists tags changes nothing.
  return found === undefined ? NO_NEAR_MISSES : found.sort(byKey);
}

export function byKey(a: NearMiss, b: NearMiss): number {
  return order(a.key, b.key) || order(a.found, b.found);
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export function clean(resource: Resource, compliance: Compliance, policies: readonly string[]): Evaluation {
  return {
    id: resource.id,
    type: resource.type,
    account: resource.account,
    region: resource.region,
    compliance,
    missing: NO_KEYS,
    invalid: NO_INVALID,
    nearMisses: NO_NEAR_MISSES,
    broken: NO_BROKEN,
    policies,
  };
}
