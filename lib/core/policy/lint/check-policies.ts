import type { TypeContract } from "../../contract.ts";
import { shown } from "../../shown.ts";
import type { Position } from "../../yaml/problems.ts";
import { allTags, type PlacedPolicy } from "../load/check-limits.ts";
import { entryFields, type PlacedRequiredTag } from "../load/compile-required-tag.ts";
import type { Part, PolicyFile } from "../load/policy-file.ts";
import type { KeySource, PolicySource } from "../load/schema.ts";
import type { Path } from "../../yaml/source-value.ts";
import { spelling } from "../near-miss.ts";
import { checkDefault, checkDefaultsTogether } from "./check-defaults.ts";
import { checkExemptions, type PlacedExemption } from "./check-exemptions.ts";
import { checkForbidden } from "./check-forbidden.ts";
import { checkMatch, literalKey } from "./check-matches.ts";
import type { PolicyRelations } from "./policy-relations.ts";
import type { Say } from "./rules.ts";

/** Policies as they were read and compiled. */
export interface Checked {
  readonly files: readonly PolicyFile[];
  /** In the order of the files, as their parts are. */
  readonly policies: readonly PlacedPolicy[];
  readonly exemptions: readonly PlacedExemption[];
  readonly contracts: readonly TypeContract[];
  /** The required tags of which it is said already that no value satisfies them together with others. */
  readonly contradicting: ReadonlySet<PlacedRequiredTag>;
}

/** Says what is legal, and can't do what it is there for. */
export function checkPolicies(checked: Checked, relations: PolicyRelations, say: Say): void {
  const { files, policies, exemptions, contracts, contradicting } = checked;
  for (const { requiredTags } of files) {
    for (const [key, { keyPosition, definition }] of requiredTags) {
      if (key.includes("*")) say("literal-star", keyPosition, literalKey(key));
      if (definition?.value.default === undefined) continue;
      checkDefault(definition.value.default, { part: definition, path: ["default"], contracts }, say);
    }
  }
  for (const [index, part] of files.flatMap((file) => file.policies).entries()) {
    const { policy } = policies[index] ?? {};
    if (policy !== undefined) checkMatch(policy.match, `policy ${shown(policy.name)}`, part, say);
    for (const [entry, path] of entriesIn(part)) {
      const { key, fields } = entryFields(entry);
      if (fields === undefined) continue;
      if (key.includes("*")) say("literal-star", part.position([...path, "key"]), literalKey(key));
      if (fields.default === undefined) continue;
      checkDefault(fields.default, { part, path: [...path, "default"], contracts }, say);
    }
  }
  checkSpellings(files, policies, say);
  checkForbidden(policies, relations, say);
  checkDefaultsTogether(policies, { relations, contradicting }, say);
  checkExemptions(exemptions, policies, say);
}

/** Every key that a policy requires, in one way or another, and where it stands. */
function entriesIn({ value }: Part<PolicySource>): readonly (readonly [KeySource, Path])[] {
  return (value.require ?? []).flatMap((entry, index): (readonly [KeySource, Path])[] => {
    const path: Path = ["require", index];
    if (typeof entry === "string" || !("anyOf" in entry)) return [[entry, path]];
    return entry.anyOf.map((one, member) => [one, [...path, "anyOf", member]]);
  });
}

/** Two required keys that are spellings of one would both be written. */
function checkSpellings(files: readonly PolicyFile[], policies: readonly PlacedPolicy[], say: Say): void {
  const keys = new Map<string, Position>(
    files.flatMap(({ requiredTags }) => [...requiredTags].map(([key, { keyPosition }]) => [key, keyPosition] as const)),
  );
  for (const placed of policies) {
    for (const { tag, position } of allTags(placed)) if (!keys.has(tag.key)) keys.set(tag.key, position);
  }
  const bySpelling = new Map<string, string>();
  for (const [key, position] of keys) {
    const twin = bySpelling.get(spelling(key));
    if (twin !== undefined)
      say("keys-look-alike", position, `${shown(key)} and ${shown(twin)} are two spellings of one key`);
    bySpelling.set(spelling(key), key);
  }
}
