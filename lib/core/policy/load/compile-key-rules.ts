import { anyGlobMatcher } from "../../glob.ts";
import { shown } from "../../shown.ts";
import type { Problems } from "../../yaml/problems.ts";
import type { CompiledKeys, CompiledPolicy } from "../compiled.ts";
import { compilePattern } from "../pattern/compile.ts";
import { forbiddenBy } from "../words/forbid.ts";
import type { PlacedPolicy } from "./check-limits.ts";
import type { PlacedRequiredTag } from "./compile-required-tag.ts";
import type { Part } from "./policy-file.ts";
import type { PolicySource } from "./schema.ts";

type KeyRules = Pick<CompiledPolicy, "forbid" | "keys">;

/** What a policy says of keys that may be there; `required`: those that it wants itself. */
export function compileKeyRules(
  part: Part<PolicySource>,
  required: readonly PlacedRequiredTag[],
  problems: Problems,
): KeyRules {
  const { forbid, keys, require } = part.value;
  // A word that isn't one may be meant for one of these.
  if (require === undefined && forbid === undefined && keys === undefined && problems.count === 0) {
    problems.add(part.position([]), "the policy asks for nothing: say require, forbid or keys");
  }
  const rules: KeyRules = {
    ...(forbid !== undefined && { forbid }),
    ...(keys !== undefined && { keys: compileKeys(keys, part, problems) }),
  };
  const by = forbiddenBy([{ ...rules, name: "" } as CompiledPolicy]);
  for (const { tag, position } of required) {
    const [forbidding] = by?.(tag.key) ?? [];
    if (forbidding === undefined) continue;
    problems.add(position, `${shown(tag.key)} is required and forbidden by the same policy: it ${forbidding.reason}`);
  }
  return rules;
}

function compileKeys(
  { pattern, only }: NonNullable<PolicySource["keys"]>,
  part: Part<PolicySource>,
  problems: Problems,
): CompiledKeys {
  if (pattern === undefined && only === undefined) {
    problems.add(part.position(["keys"]), "keys says nothing: say pattern or only");
  }
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  if (compiled !== undefined && "problem" in compiled) {
    problems.add(part.position(["keys", "pattern"]), `the pattern ${compiled.problem}`);
  }
  return {
    ...(compiled !== undefined && "pattern" in compiled && { pattern: compiled.pattern }),
    ...(only !== undefined && { only }),
  };
}

/**
 * What a forbidden key holds is not kept while an audit is under way, so that no policy may match by it: that some value
 * is there is all that can be asked.
 */
export function checkSecretMatches(policies: readonly PlacedPolicy[], problems: Problems): void {
  const forbidding = policies.flatMap(({ policy }) => {
    const by = forbiddenBy([policy]);
    return by === undefined ? [] : [{ name: policy.name, by }];
  });
  if (forbidding.length === 0) return;
  for (const { policy, position } of policies) {
    const asked = [...(policy.match.tags ?? []), ...(policy.match.not?.tags ?? [])];
    for (const [key, globs] of asked.filter(([, some]) => !anyGlobMatcher(some)(""))) {
      const by = forbidding.find((one) => one.by(key).length > 0);
      if (by === undefined) continue;
      const whose = by.name === policy.name ? "it" : `policy ${shown(by.name)}`;
      problems.add(
        position,
        `policy ${shown(policy.name)} matches ${globs.map(shown).join(", ")} of ${shown(key)}, which ${whose} forbids: what forbidden keys hold isn't looked at; match "*"`,
      );
    }
  }
}
