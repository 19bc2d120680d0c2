import type { Resource } from "../resource.ts";
import type { CompiledExemption } from "./compiled.ts";
import { matchFinder, type Candidate } from "./match-finder.ts";

const DAY_MS = 86_400_000;

/** Exemptions, ready to ask. */
export interface Exemptions {
  readonly size: number;
  /** The positions of those that match a resource, expired ones too, in file order. */
  matching(resource: Resource): readonly number[];
  at(position: number): Exemption | undefined;
}

interface Exemption {
  /** The exempted keys; undefined = all. */
  readonly keys: ReadonlySet<string> | undefined;
  /** The first moment, in milliseconds since the epoch, at which it doesn't count any more. */
  readonly endsAt: number;
}

/** What a report says of an exemption. */
export interface ExemptionState {
  readonly reason: string;
  readonly approvedBy?: string;
  /** Absent = all required tags. */
  readonly tags?: readonly string[];
  readonly expires: string;
  readonly expired: boolean;
  /** Resources that lack a required tag and that it matches, or would if it had not expired. Absent = not counted. */
  readonly resources?: number;
}

export function prepareExemptions(exemptions: readonly CompiledExemption[]): Exemptions {
  const finder = matchFinder(exemptions.map(({ match }) => match));
  const prepared = exemptions.map(({ tags, expires }): Exemption => ({
    keys: tags === undefined ? undefined : new Set(tags),
    endsAt: endOf(expires),
  }));
  return {
    size: prepared.length,
    matching(resource) {
      const named = finder.naming(resource.id);
      const found = positionsMatching(finder.at(resource), resource);
      return named.length === 0 ? found : [...found, ...positionsMatching(named, resource)].sort((a, b) => a - b);
    },
    at: (position) => prepared[position],
  };
}

function positionsMatching(candidates: readonly Candidate[], resource: Resource): number[] {
  return candidates.flatMap(({ match, position }) => {
    const matched = match(resource);
    const matches = typeof matched === "boolean" ? matched : matched(resource) === "yes";
    return matches ? [position] : [];
  });
}

/** An exemption counts through the end (UTC) of the day that it expires. */
function endOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

/** Every exemption, in file order, and whether it has expired `at` (milliseconds since the epoch). */
export function exemptionStates(exemptions: readonly CompiledExemption[], at: number): ExemptionState[] {
  return exemptions.map(({ reason, approvedBy, tags, expires }) => ({
    reason,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(tags === undefined ? {} : { tags }),
    expires,
    expired: at >= endOf(expires),
  }));
}

/** What is exempt of a resource. */
export interface Exempt {
  /** Whether this required key is. */
  required(key: string): boolean;
  /** Whether this key is exempt by its name: what nobody names goes on being forbidden. */
  named(key: string): boolean;
}

/** Tells which keys of this resource are exempt at this moment; undefined where none is. */
export function exemptKeys(exemptions: Exemptions, resource: Resource, at: number): Exempt | undefined {
  const counting = exemptions
    .matching(resource)
    .flatMap((position) => exemptions.at(position) ?? [])
    .filter(({ endsAt }) => at < endsAt);
  if (counting.length === 0) return undefined;
  return {
    required: (key) => counting.some(({ keys }) => keys === undefined || keys.has(key)),
    named: (key) => counting.some(({ keys }) => keys?.has(key) === true),
  };
}
