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
  readonly groups: readonly RequiredGroup[];
  /** Each key of both. */
  readonly writes: readonly RareKey[];
  /** Of the keys of `writes`. */
  readonly nearMisses: NearMissFinder;
  /** Undefined where nobody forbids any key. */
  readonly forbiddenBy: ForbiddenBy | undefined;
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

interface WrongAlone {
  readonly required: RareKey;
  readonly key: string;
  readonly how: "missing" | InvalidTag;
}

const NOTHING: readonly WrongAlone[] = [];

function wrongAmong(keys: readonly RareKey[], tags: Tags, at: number): readonly WrongAlone[] {
  let wrong: WrongAlone[] | undefined;
  for (const required of keys) {
    const how = wrongWith(required, tags, at);
    if (how !== undefined) (wrong ??= []).push({ required, key: required.key, how });
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
  { writes, nearMisses }: RarelyAsked,
): readonly NearMiss[] {
  const found: NearMiss[] = [];
  for (const other of tags.keys()) {
    const key = writes[nearMisses.find(other)]?.key;
    if (key !== undefined && missing.includes(key)) found.push({ key, found: other });
  }
  return found.sort(byKey);
}
