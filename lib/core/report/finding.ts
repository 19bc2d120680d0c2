import { InputError } from "../errors.ts";
import type { About, BrokenPolicy, Evaluation, ForbiddenKey } from "../evaluation.ts";

/**
 * A noncompliant or unknown resource as a line of the findings holds it. `policies`: those that it breaks; those that
 * match it where it is unknown, or where an earlier version wrote the line, which has no `broken`.
 */
export interface Finding extends Omit<Evaluation, "broken">, Partial<Pick<Evaluation, "broken">>, FindingFacts {}

/** What a finding says beyond its evaluation. */
export interface FindingFacts {
  /** The value of its owner tag, where it carries one. */
  readonly owner?: string;
  /** The start of the first run that found it, RFC 3339, UTC. */
  readonly firstSeen?: string;
  /**
   * `new`: this run found it first, or the grace of its policies is not over. Absent where no earlier run has seen the
   * listing that shows it, or asked what it breaks.
   */
  readonly state?: "new" | "open";
  /**
   * What this run found broken first, where that isn't all that there is: of a finding that was known before, or beside
   * what the policies didn't ask before. Absent on one that is `new` and was found first now = all of it; on others none.
   */
  readonly newlyBroken?: readonly BrokenPolicy[];
  /** Why its tags are unknown, where they are: the provider's code, or ours. */
  readonly code?: string;
}

/** Reads a line that an audit wrote. Throws InputError, with `where` in front, where it is something else. */
export function findingFrom(line: string, where: string): Finding {
  const finding = parsed(line);
  if (finding === undefined) throw new InputError(`${where}: is not a finding of an audit; run the audit again`);
  return finding;
}

function parsed(line: string): Finding | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFindingLine(value) ? value : undefined;
  } catch {
    // What doesn't parse is no finding; the caller says where it stands.
    return undefined;
  }
}

function isFindingLine(value: unknown): value is Finding {
  if (typeof value !== "object" || value === null) return false;
  const line = value as Partial<Record<keyof Finding, unknown>>;
  const { type, account, region, project, id, compliance, broken, owner, firstSeen, state, code } = line;
  return (
    [type, account, region, id, compliance].every(isText) &&
    [project, owner, firstSeen, state, code].every(isOptionalText) &&
    [line.missing, line.invalid, line.nearMisses, line.policies].every(Array.isArray) &&
    areBroken(broken) &&
    areBroken(line.newlyBroken) &&
    (line.anyOf === undefined || (Array.isArray(line.anyOf) && line.anyOf.every(areTexts))) &&
    (line.forbidden === undefined || (Array.isArray(line.forbidden) && line.forbidden.every(isForbidden))) &&
    (line.about === undefined || (Array.isArray(line.about) && line.about.every(isAbout)))
  );
}

/** Earlier versions say nothing of it. */
function areBroken(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isBroken));
}

function isBroken(value: unknown): value is BrokenPolicy {
  if (typeof value !== "object" || value === null) return false;
  const { policy, keys } = value as Partial<Record<keyof BrokenPolicy, unknown>>;
  return isText(policy) && Array.isArray(keys) && keys.every(isText);
}

function isForbidden(value: unknown): value is ForbiddenKey {
  if (typeof value !== "object" || value === null) return false;
  const { key, reason } = value as Partial<Record<keyof ForbiddenKey, unknown>>;
  return isText(key) && isText(reason);
}

function isAbout(value: unknown): value is About {
  if (typeof value !== "object" || value === null) return false;
  const { key, policy, description, url } = value as Partial<Record<keyof About, unknown>>;
  return [key, policy, description, url].every(isOptionalText);
}

const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || isText(value);
}

/** How many of its keys are missing, invalid or forbidden; of those of which one would do, all count as one. */
export function problemsOf({ missing, invalid, forbidden = [], anyOf = [] }: Finding): number {
  if (anyOf.length === 0) return missing.length + invalid.length + forbidden.length;
  const together = new Set(anyOf.flat());
  const alone = [...missing, ...invalid.map(({ key }) => key)].filter((key) => !together.has(key));
  return alone.length + anyOf.length + forbidden.length;
}
