import type { TypeContract } from "../../contract.ts";
import type { ResourceType } from "../../resource.ts";
import { collectProblems, MOST_SAID, type Position, type Problems, type Remark } from "../../yaml/problems.ts";
import type { Path } from "../../yaml/source-value.ts";
import { tightColonMessage } from "../../yaml/shape-problem.ts";
import { didYouMean } from "../../yaml/suggest.ts";
import type { CompiledExemption, CompiledPolicies } from "../compiled.ts";
import { checkPolicies } from "../lint/check-policies.ts";
import type { PlacedExemption } from "../lint/check-exemptions.ts";
import { relationsOf } from "../lint/policy-relations.ts";
import { sayTo } from "../lint/rules.ts";
import type { Places } from "../lint/unmatched.ts";
import { allTags, checkLimits, type PlacedPolicy } from "./check-limits.ts";
import { checkSecretMatches, compileKeyRules } from "./compile-key-rules.ts";
import { forbiddenBy } from "../words/forbid.ts";
import { compileMatch } from "./compile-match.ts";
import {
  compileFields,
  entryFields,
  mergeEntry,
  type Compiled,
  type PlacedRequiredTag,
} from "./compile-required-tag.ts";
import { readPolicyFile, type Part, type PolicyFile } from "./policy-file.ts";
import { warnOfSlips } from "./warn-of-slips.ts";
import { warnOfVain } from "./warn-of-vain.ts";
import type { ExemptionSource, KeySource, PolicySource } from "./schema.ts";

export interface LoadOptions {
  /** The limits of the providers: a policy that can't be met within them is refused. */
  readonly contracts: readonly TypeContract[];
  /** The resource types (or globs of them) that are configured; absent = no configuration is known. */
  readonly configured?: readonly { readonly type: ResourceType }[];
  /** Types that events tell of, so that one that is nearly one of them is warned of; absent = nobody knows. */
  readonly created?: readonly ResourceType[];
  /** Names the compiled policies, e.g. by a SHA-256 in hexadecimal. */
  readonly hash: (text: string) => string;
}

export interface LoadedPolicies {
  readonly compiled: CompiledPolicies;
  /** What is legal, and seldom what was meant, as `path:line:column: message`. */
  readonly warnings: readonly string[];
  /** The same with its rules, and what is worth no warning besides. */
  readonly remarks: readonly Remark[];
  readonly places: Places;
}

/**
 * Reads, checks and compiles policy files. They count in the bytewise order of their paths.
 * Throws InputError with every problem, one a line, as `path:line:column: message`.
 */
export function loadPolicies(
  files: readonly { readonly path: string; readonly text: string }[],
  options: LoadOptions,
): LoadedPolicies {
  const problems = collectProblems();
  const sorted = files.toSorted((one, other) => comparePaths(one.path, other.path));
  const read = sorted.map(({ path, text }) => readPolicyFile(path, text, problems));
  const definitions = compileDefinitions(read, problems);
  const placed = compilePolicies(read, definitions, problems);
  const policies = placed.map(({ policy }) => policy);
  const required = new Set(placed.flatMap(allTags).map(({ tag }) => tag.key));
  const by = forbiddenBy(placed.map(({ policy }) => policy));
  const isForbidden = (key: string): boolean => by !== undefined && by(key).length > 0;
  const exempting = read.flatMap((file) =>
    file.exemptions.map((part): PlacedExemption => ({
      exemption: compileExemption(part, { required, isForbidden }, problems),
      part,
    })),
  );
  const exemptions = exempting.map(({ exemption }) => exemption);
  warnOfUnused(read, required, problems);
  const [first] = sorted;
  if (first !== undefined && policies.length === 0) {
    const at = { path: first.path, line: 1, column: 1 };
    problems.warn(at, "there is no policy, so every resource is not-applicable", "no-policy");
  }
  warnOfSlips(read, {
    known: {
      served: options.contracts.flatMap(({ types }) => types),
      ...(options.created !== undefined && { created: options.created }),
    },
    problems,
  });
  checkSecretMatches(placed, problems);
  const relations = relationsOf(policies);
  const contradicting = warnOfVain(placed, relations, problems);
  checkPolicies(
    { files: read, policies: placed, exemptions: exempting, contracts: options.contracts, contradicting },
    relations,
    sayTo(problems),
  );
  checkLimits(placed, { contracts: options.contracts, configured: options.configured, problems });
  problems.throwIfAny();
  const limits = options.contracts.map(({ types, key, value }) => ({ types, key, value }));
  const content = { version: 1 as const, policies, exemptions, limits };
  return {
    compiled: { ...content, hash: options.hash(JSON.stringify(content)) },
    warnings: problems.warnings,
    remarks: problems.remarks,
    places: {
      policies: placed.map(({ position }) => position),
      exemptions: exempting.map(({ part }) => part.position([])),
    },
  };
}

/** The order of the paths' UTF-8 bytes, which is that of their code points. */
function comparePaths(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

interface Definitions {
  /** undefined where the definition is there but not right, so that only its own problem is reported. */
  readonly byKey: ReadonlyMap<string, Compiled | undefined>;
  /** False where definitions couldn't be read at all: then a key that isn't there may be one of those. */
  readonly complete: boolean;
}

function compileDefinitions(files: readonly PolicyFile[], problems: Problems): Definitions {
  const definitions = new Map<string, Compiled | undefined>();
  const firsts = new Map<string, Position>();
  for (const file of files) {
    for (const [key, { keyPosition, definition }] of file.requiredTags) {
      const first = firsts.get(key);
      if (first !== undefined) {
        problems.add(keyPosition, `"${key}" is defined already in ${first.path}:${first.line}; keep one definition`);
        continue;
      }
      if (key.trim() === "") problems.add(keyPosition, "a required key must not be blank");
      firsts.set(key, keyPosition);
      definitions.set(
        key,
        definition === undefined
          ? undefined
          : compileFields(definition.value, { key, part: definition, path: [] }, problems),
      );
    }
  }
  return { byKey: definitions, complete: files.every(({ refused }) => !refused) };
}

function compilePolicies(files: readonly PolicyFile[], definitions: Definitions, problems: Problems): PlacedPolicy[] {
  const firsts = new Map<string, Position>();
  return files.flatMap((file) =>
    file.policies.map((part) => {
      const { name } = part.value;
      const first = firsts.get(name);
      const position = part.position(["name"]);
      if (first === undefined) firsts.set(name, position);
      else problems.add(position, `there is a policy "${name}" already in ${first.path}:${first.line}`);
      const placed = compilePolicy(part, definitions, problems);
      // Without its match a policy would seem to reach everything.
      return part.leftOut.has("match") ? { ...placed, tags: [], groups: [] } : placed;
    }),
  );
}

function compilePolicy(part: Part<PolicySource>, definitions: Definitions, problems: Problems): PlacedPolicy {
  const { name, match, mode, severity, repair, graceDays, recheck, description, url } = part.value;
  const { tags, groups } = compileRequire(part, definitions, problems);
  const aboutKeys = compileKeyRules(part, allTags({ tags, groups }), problems);
  return {
    policy: {
      name,
      match: match === undefined ? {} : compileMatch(match, part, ["match"], problems),
      require: tags.map(({ tag }) => tag),
      ...(groups.length > 0 && { anyOf: groups.map((members) => members.map(({ tag }) => tag)) }),
      ...aboutKeys,
      mode: mode ?? "report",
      severity: severity ?? "medium",
      repair: repair ?? "never",
      graceDays: graceDays ?? 0,
      // Left out where it isn't said, so that compiled policies of earlier versions keep their hash.
      ...(recheck === true && { recheck }),
      ...(description !== undefined && { description }),
      ...(url !== undefined && { url }),
    },
    position: part.position(["name"]),
    tags,
    groups,
  };
}

interface PlacedRequire {
  readonly tags: PlacedRequiredTag[];
  readonly groups: PlacedRequiredTag[][];
}

function compileRequire(part: Part<PolicySource>, definitions: Definitions, problems: Problems): PlacedRequire {
  const seen = new Set<string>();
  const compile = (entry: KeySource, path: Path): PlacedRequiredTag[] => {
    const { key, fields } = entryFields(entry);
    const position = part.position(fields === undefined ? path : [...path, "key"]);
    if (key.trim() === "") problems.add(position, "a required key must not be blank");
    if (seen.has(key)) {
      problems.add(position, `"${key}" is required twice by this policy`);
      return [];
    }
    seen.add(key);
    if (/^key[:：]./u.test(key)) problems.add(position, tightColonMessage(key));
    else if (fields === undefined && definitions.complete && !definitions.byKey.has(key)) {
      // Comparing each with all takes its time, and nobody reads on.
      const suggestion = problems.count < MOST_SAID ? didYouMean(key, definitions.byKey.keys()) : "";
      problems.add(
        position,
        `"${key}" is not in requiredTags${suggestion}; define it there, or write { key: ${key} } for a key that may have any value`,
      );
    }
    const definition = definitions.byKey.get(key);
    const compiled =
      fields === undefined ? undefined : compileFields(fields, { key, part, path }, problems, definition);
    return [mergeEntry({ key, position }, definition, compiled, problems)];
  };
  const placed: PlacedRequire = { tags: [], groups: [] };
  for (const [index, entry] of (part.value.require ?? []).entries()) {
    const path: Path = ["require", index];
    if (typeof entry === "string" || !("anyOf" in entry)) placed.tags.push(...compile(entry, path));
    else placed.groups.push(entry.anyOf.flatMap((one, member) => compile(one, [...path, "anyOf", member])));
  }
  return placed;
}

function compileExemption(
  part: Part<ExemptionSource>,
  { required, isForbidden }: { readonly required: ReadonlySet<string>; readonly isForbidden: (key: string) => boolean },
  problems: Problems,
): CompiledExemption {
  const { match, tags, reason, approvedBy, expires } = part.value;
  for (const [index, key] of (tags ?? []).entries()) {
    if (required.has(key) || isForbidden(key)) continue;
    problems.warn(
      part.position(["tags", index]),
      `no policy requires "${key}"${didYouMean(key, required)}`,
      "exemption-unneeded",
    );
  }
  return {
    match: compileMatch(match, part, ["match"], problems),
    ...(tags === undefined ? {} : { tags }),
    reason,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    expires,
  };
}

function warnOfUnused(files: readonly PolicyFile[], required: ReadonlySet<string>, problems: Problems): void {
  for (const file of files) {
    for (const [key, { keyPosition }] of file.requiredTags) {
      if (!required.has(key)) problems.warn(keyPosition, `no policy requires "${key}"`, "unused-definition");
    }
  }
}
