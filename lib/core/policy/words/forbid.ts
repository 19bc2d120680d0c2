import { clipped } from "../../clip.ts";
import { compareText } from "../../compare-text.ts";
import type { ForbiddenKey } from "../../evaluation.ts";
import { anyGlobMatcher } from "../../glob.ts";
import type { Tags } from "../../resource.ts";
import { visible } from "../../shown.ts";
import type { CompiledPolicy } from "../compiled.ts";
import { oneOf } from "../constraint.ts";

/** A policy that forbids a key, and why. */
export interface Forbidding {
  readonly policy: string;
  /** A sentence fragment. */
  readonly reason: string;
}

/** Who forbids a key, in file order. */
export type ForbiddenBy = (key: string) => readonly Forbidding[];

const NOBODY: readonly Forbidding[] = [];

/** How many keys are remembered: fleets carry few, but nothing may grow without end. */
const REMEMBERED = 10_000;

/** Undefined where none of these policies says how keys must look. */
export function forbiddenBy(policies: readonly CompiledPolicy[]): ForbiddenBy | undefined {
  const rules = policies.flatMap((policy) => rulesOf(policy).map((whyNot) => ({ policy: policy.name, whyNot })));
  if (rules.length === 0) return undefined;
  const known = new Map<string, readonly Forbidding[]>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = isOfTheCloud(key) ? NOBODY : rules.flatMap(({ policy, whyNot }) => asForbidding(policy, whyNot(key)));
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, found);
    }
    return found;
  };
}

function asForbidding(policy: string, reason: string | undefined): Forbidding[] {
  return reason === undefined ? [] : [{ policy, reason }];
}

/** Keys that only the clouds themselves write. */
function isOfTheCloud(key: string): boolean {
  return /^(?:aws|acs):/i.test(key) || key.startsWith("_sys_");
}

type Rule = (key: string) => string | undefined;

/** So much of a pattern is told, in UTF-16 units. */
const LONGEST_PATTERN = 200;

function rulesOf({ forbid, keys }: Pick<CompiledPolicy, "forbid" | "keys">): Rule[] {
  const rules: Rule[] = [];
  if (forbid !== undefined) {
    const isForbidden = anyGlobMatcher(forbid);
    rules.push((key) => (isForbidden(key) ? "is forbidden" : undefined));
  }
  if (keys?.pattern !== undefined) {
    const { source, flags, text } = keys.pattern;
    const pattern = new RegExp(source, flags);
    const reason = `is no key that matches ${visible(clipped(text, LONGEST_PATTERN))}`;
    rules.push((key) => (pattern.test(key) ? undefined : reason));
  }
  if (keys?.only !== undefined) {
    const isAllowed = anyGlobMatcher(keys.only);
    const reason = `is no key that may be there: it must be ${oneOf(keys.only)}`;
    rules.push((key) => (isAllowed(key) ? undefined : reason));
  }
  return rules;
}

/** The keys of these tags that are forbidden, sorted, each by the first policy that does. */
export function forbiddenAmong(tags: Tags, by: ForbiddenBy | undefined): readonly ForbiddenKey[] {
  if (by === undefined) return NONE;
  let forbidden: ForbiddenKey[] | undefined;
  for (const key of tags.keys()) {
    const forbidding = by(key);
    const first = forbidding.length === 0 ? undefined : forbidding[0];
    if (first !== undefined) (forbidden ??= []).push({ key, reason: first.reason });
  }
  return forbidden === undefined ? NONE : forbidden.sort((a, b) => compareText(a.key, b.key));
}

const NONE: readonly ForbiddenKey[] = [];

/** What policies look at: a forbidden tag is none. */
export function withoutForbidden(tags: Tags, forbidden: readonly ForbiddenKey[]): Tags {
  if (forbidden.length === 0) return tags;
  const left = new Map(tags);
  for (const { key } of forbidden) left.delete(key);
  return left;
}

/** What others are shown: that it is there, and nothing of what it holds. */
export function redactedTags(tags: Tags, by: ForbiddenBy | undefined): Tags {
  const forbidden = forbiddenAmong(tags, by);
  if (forbidden.length === 0) return tags;
  const shown = new Map(tags);
  for (const { key } of forbidden) shown.set(key, "");
  return shown;
}
