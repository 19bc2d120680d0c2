import { shown } from "../../shown.ts";
import type { CompiledExemption } from "../compiled.ts";
import { allTags, type PlacedPolicy } from "../load/check-limits.ts";
import type { Part } from "../load/policy-file.ts";
import { checkMatch, literalKey } from "./check-matches.ts";
import { arePart, covers, neverHolds } from "./relations.ts";
import type { Say } from "./rules.ts";

/** An exemption, and where it stands. */
export interface PlacedExemption {
  readonly exemption: CompiledExemption;
  readonly part: Part<unknown>;
}

/** Says which exemptions take out everything, or nothing, that policies ask. */
export function checkExemptions(
  exemptions: readonly PlacedExemption[],
  policies: readonly PlacedPolicy[],
  say: Say,
): void {
  for (const [index, placed] of exemptions.entries()) {
    const { exemption, part } = placed;
    const at = part.position([]);
    const what = `the exemption ${shown(exemption.reason)}`;
    checkMatch(exemption.match, what, part, say);
    for (const [place, key] of (exemption.tags ?? []).entries()) {
      if (key.includes("*")) say("literal-star", part.position(["tags", place]), literalKey(key));
    }
    if (neverHolds(exemption.match)) continue;
    const over = exemptions.find((other, place) => place !== index && isOver(other, placed, place < index));
    if (over !== undefined) {
      const { reason, expires } = over.exemption;
      say("shadowed", at, `${what} takes out nothing that ${shown(reason)}, which counts until ${expires}, doesn't`);
    }
    checkReach(placed, what, policies, say);
  }
}

function checkReach({ exemption, part }: PlacedExemption, what: string, policies: readonly PlacedPolicy[], say: Say) {
  const { match, tags, expires } = exemption;
  const voided = policies.filter(
    (placed) =>
      !neverHolds(placed.policy.match) &&
      covers(match, placed.policy.match) &&
      (tags === undefined || isAllAsked(placed, tags)),
  );
  if (voided.length > 0) {
    const names = voided.map(({ policy }) => shown(policy.name)).join(", ");
    say("exemption-too-broad", part.position(["match"]), `${what} takes out all that ${names} asks, until ${expires}`);
  }
  if (policies.length > 0 && policies.every(({ policy }) => arePart(match, policy.match))) {
    say("exemption-unneeded", part.position(["match"]), `${what} matches nothing that a policy matches`);
  }
}

/** Whether a policy asks for these keys and nothing else: what it says of other keys, no list of keys takes out. */
function isAllAsked(placed: PlacedPolicy, tags: readonly string[]): boolean {
  const { forbid, keys } = placed.policy;
  return forbid === undefined && keys === undefined && allTags(placed).every(({ tag }) => tags.includes(tag.key));
}

/** Whether one exemption takes out all that another one does, for as long; of two that are equal the later is too much. */
function isOver(
  { exemption: wide }: PlacedExemption,
  { exemption: narrow }: PlacedExemption,
  isEarlier: boolean,
): boolean {
  if (!isAsLong(wide, narrow) || !takesAsMuch(wide, narrow) || !covers(wide.match, narrow.match)) return false;
  const isEqual = isAsLong(narrow, wide) && takesAsMuch(narrow, wide) && covers(narrow.match, wide.match);
  return !isEqual || isEarlier;
}

const isAsLong = (one: CompiledExemption, other: CompiledExemption): boolean => one.expires >= other.expires;

function takesAsMuch({ tags }: CompiledExemption, other: CompiledExemption): boolean {
  return tags === undefined || other.tags?.every((key) => tags.includes(key)) === true;
}
