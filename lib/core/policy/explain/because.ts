import type { Resource } from "../../resource.ts";
import type { CompiledMatch } from "../compiled.ts";
import { prepareMatch, type Matched } from "../match.ts";

/** One condition of a policy's `match`, and what a resource has to say to it. */
export interface Because {
  /** `types`, `accounts`, `regions`, `ids`, `tags.KEY`, or `not`: the second match, as a whole. */
  readonly field: string;
  /** The globs, of which one is enough; of `not` its fields with theirs. */
  readonly wanted: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** What the resource has there; null = nothing. Absent = it isn't known. */
  readonly found?: string | null | Readonly<Record<string, string | null>>;
  /** Whether it lets the policy apply: of `not`, that not all of it holds. null = it isn't known. */
  readonly holds: boolean | null;
}

/** A resource of which not every tag may be known. */
export interface Known {
  readonly resource: Resource;
  /** The tags that are known, undefined = it is known to be absent; undefined as a whole = those of the resource are all. */
  readonly some?: ReadonlyMap<string, string | undefined>;
}

/** A policy applies where all of these hold; one without any condition always does. */
export function becauseOf(match: CompiledMatch, known: Known): readonly Because[] {
  const { not } = match;
  const fields = conditionsOf(match).map((one) => because(one, known));
  return not === undefined ? fields : [...fields, becauseOfNot(not, known)];
}

/** What all conditions say together. */
export function matchedBy(conditions: readonly Because[]): boolean | null {
  if (conditions.some(({ holds }) => holds === false)) return false;
  return conditions.some(({ holds }) => holds === null) ? null : true;
}

interface Condition {
  readonly field: string;
  readonly globs: readonly string[];
  /** A match of this condition alone. */
  readonly alone: CompiledMatch;
  readonly tag?: string;
}

function conditionsOf(match: Omit<CompiledMatch, "not">): Condition[] {
  const fields = (["types", "accounts", "regions", "ids"] as const).flatMap((field): Condition[] => {
    const globs = match[field];
    return globs === undefined ? [] : [{ field, globs, alone: { [field]: globs } }];
  });
  const tags = (match.tags ?? []).map(([key, globs]): Condition => {
    return { field: `tags.${key}`, globs, alone: { tags: [[key, globs]] }, tag: key };
  });
  return [...fields, ...tags];
}

function because(condition: Condition, known: Known): Because {
  const { field, globs: wanted, alone } = condition;
  const found = foundBy(condition, known);
  return { field, wanted, ...(found !== undefined && { found }), holds: holding(alone, condition, known) };
}

/** Asked of the very matcher that evaluation asks. */
function holding(alone: CompiledMatch, { tag }: Condition, { resource, some }: Known): boolean | null {
  const asked = tag !== undefined && some?.has(tag) === true ? { ...resource, tags: presentOf(some) } : resource;
  const matched = prepareMatch(alone)(asked);
  return truthOf(typeof matched === "boolean" ? (matched ? "yes" : "no") : matched(asked));
}

function truthOf(matched: Matched): boolean | null {
  return matched === "maybe" ? null : matched === "yes";
}

/** The tags that are known to be there. */
export function presentOf(some: ReadonlyMap<string, string | undefined>): ReadonlyMap<string, string> {
  return new Map([...some].flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

const PLACES = { types: "type", accounts: "account", regions: "region", ids: "id" } as const;

function foundBy({ field, tag }: Condition, { resource, some }: Known): string | null | undefined {
  if (tag === undefined) return resource[PLACES[field as keyof typeof PLACES]];
  if (some?.has(tag) === true) return some.get(tag) ?? null;
  return resource.tags === undefined ? undefined : (resource.tags.get(tag) ?? null);
}

function becauseOfNot(not: Omit<CompiledMatch, "not">, known: Known): Because {
  const conditions = conditionsOf(not);
  const all = conditions.map((one) => because(one, known));
  const found = all.flatMap(({ field, found: there }): [string, string | null][] =>
    typeof there === "string" || there === null ? [[field, there]] : [],
  );
  const excluded = matchedBy(all);
  return {
    field: "not",
    wanted: Object.fromEntries(conditions.map(({ field, globs }) => [field, globs])),
    ...(found.length > 0 && { found: Object.fromEntries(found) }),
    holds: excluded === null ? null : !excluded,
  };
}
