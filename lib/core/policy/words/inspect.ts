import type { Evaluation, InvalidTag, NearMiss } from "../../evaluation.ts";
import type { Resource, Tags } from "../../resource.ts";
import { brokenPolicies, type Blame } from "../broken.ts";
import { byKey, clean } from "../evaluate.ts";
import type { NearMissFinder } from "../near-miss.ts";
import { choicesAmong, unmetGroups } from "./any-of.ts";
import { forbiddenAmong, withoutForbidden, type ForbiddenBy } from "./forbid.ts";
import { blameFor, wrongWith, type RareKey, type RequiredGroup } from "./rare-key.ts";

/** What policies ask, with all that they may say. */
export interface RarelyAsked {
  readonly policies: readonly string[];
  /** Required by themselves. */
  readonly alone: readonly RareKey[];
  /** False where policies let different keys stand for one, which is there several times then. */
  readonly isEachOnce: boolean;
  readonly groups: readonly RequiredGroup[];
  /** Each key of both. */
  readonly writes: readonly RareKey[];
  /** Of the keys of `writes`. */
  readonly nearMisses: NearMissFinder;
  /** Undefined where nobody forbids any key. */
  readonly forbiddenBy: ForbiddenBy | undefined;
  /** What evaluations share that find the same keys of `alone` wrong, by their mask. */
  readonly shared: Map<number, Shared>;
}

interface Shared {
  readonly missing: readonly string[];
  readonly broken: Evaluation["broken"];
}

/** What is wrong with a resource, exemptions left aside. */
export function inspect(resource: Resource, tags: Tags, asked: RarelyAsked, at: number): Evaluation {
  const forbidden = forbiddenAmong(tags, asked.forbiddenBy);
  // A forbidden key satisfies nothing, and nothing is told of what it holds.
  const counting = withoutForbidden(tags, forbidden);
  const alone = wrongAmong(asked.alone, counting, at);
  const unmet = unmetGroups(counting, asked.groups, at);
  if (alone.length === 0 && unmet.length === 0 && forbidden.length === 0) {
    return clean(resource, "compliant", asked.policies);
  }
  if (unmet.length === 0 && forbidden.length === 0) {
    const shared = sharedBy(alone, asked);
    if (shared !== undefined) return ordinary(resource, tags, alone, shared, asked);
  }
  const wrong = [...alone, ...unmet.flatMap((group) => group.wrong)];
  const missing = [...new Set(wrong.flatMap(({ key, how }) => (how === "missing" ? [key] : [])))];
  const blames: Blame[] = [
    ...alone.map(({ required }) => blameFor(required, counting, at)),
    ...unmet.flatMap(({ policy, wrong: keys }) => keys.map(({ key }): Blame => [key, [policy]])),
    ...forbidden.map(({ key }): Blame => [key, asked.forbiddenBy?.(key).map(({ policy }) => policy) ?? []]),
  ];
  const anyOf = choicesAmong(unmet, alone);
  return {
    ...clean(resource, "noncompliant", asked.policies),
    missing,
    invalid: invalidAmong(wrong, missing),
    nearMisses: nearMissesOf(missing, tags, asked),
    broken: brokenPolicies(asked.policies, blames),
    ...(forbidden.length > 0 && { forbidden }),
    ...(anyOf.length > 0 && { anyOf }),
  };
}

/** So many keys have two bits each. */
const MOST_SHARED_KEYS = 15;
/** How many masks are remembered: nothing may grow without end. */
const REMEMBERED = 4_096;

/** Undefined where it depends on more than which keys are missing or invalid who finds them so. */
function sharedBy(
  wrong: readonly WrongAlone[],
  { alone, isEachOnce, policies, shared }: RarelyAsked,
): Shared | undefined {
  if (alone.length > MOST_SHARED_KEYS || !isEachOnce) return undefined;
  let mask = 0;
  for (const { required, how, index } of wrong) {
    if (required.isDisputed) return undefined;
    mask |= (how === "missing" ? 1 : 2) << (2 * index);
  }
  let known = shared.get(mask);
  if (known === undefined) {
    const missing = wrong.flatMap(({ key, how }) => (how === "missing" ? [key] : []));
    const blames = wrong.map(({ required }): Blame => [required.key, required.policies]);
    known = { missing: Object.freeze(missing), broken: Object.freeze(brokenPolicies(policies, blames)) };
    if (shared.size >= REMEMBERED) shared.clear();
    shared.set(mask, known);
  }
  return known;
}

/** Of keys that are required by themselves, which is what most evaluations are about. */
function ordinary(
  { id, type, account, region }: Resource,
  tags: Tags,
  wrong: readonly WrongAlone[],
  { missing, broken }: Shared,
  asked: RarelyAsked,
): Evaluation {
  const invalid: InvalidTag[] = [];
  for (const { how } of wrong) if (how !== "missing") invalid.push(how);
  const nearMisses = missing.length === 0 ? NO_NEAR_MISSES : nearMissesOf(missing, tags, asked);
  const { policies } = asked;
  return { id, type, account, region, compliance: "noncompliant", missing, invalid, nearMisses, broken, policies };
}

const NO_NEAR_MISSES: readonly NearMiss[] = [];

interface WrongAlone {
  readonly required: RareKey;
  readonly key: string;
  readonly how: "missing" | InvalidTag;
  /** Its place among the keys that are required by themselves. */
  readonly index: number;
}

const NOTHING: readonly WrongAlone[] = [];

function wrongAmong(keys: readonly RareKey[], tags: Tags, at: number): readonly WrongAlone[] {
  let wrong: WrongAlone[] | undefined;
  for (let index = 0; index < keys.length; index++) {
    const required = keys[index];
    const how = required === undefined ? undefined : wrongWith(required, tags, at);
    if (required !== undefined && how !== undefined) (wrong ??= []).push({ required, key: required.key, how, index });
  }
  return wrong ?? NOTHING;
}

/** Each key once: it may be missing to one policy, and have a value that another one refuses. */
function invalidAmong(wrong: readonly Pick<WrongAlone, "how">[], missing: readonly string[]): readonly InvalidTag[] {
  const invalid = new Map<string, InvalidTag>();
  for (const { how } of wrong) {
    if (how !== "missing" && !missing.includes(how.key) && !invalid.has(how.key)) invalid.set(how.key, how);
  }
  return [...invalid.values()];
}

function nearMissesOf(
  missing: readonly string[],
  tags: Tags,
  { writes, nearMisses: { byFirstCharacter, find } }: RarelyAsked,
): readonly NearMiss[] {
  let found: NearMiss[] | undefined;
  for (const other of tags.keys()) {
    const first = other.charCodeAt(0);
    if (first < byFirstCharacter.length && byFirstCharacter[first] === 0) continue;
    const key = writes[find(other)]?.key;
    if (key !== undefined && missing.includes(key)) (found ??= []).push({ key, found: other });
  }
  return found === undefined ? NO_NEAR_MISSES : found.sort(byKey);
}
