import type { Resource } from "../resource.ts";
import type { CompiledExemption } from "./compiled.ts";
import { prepareMatch, type Match, type Place } from "./match.ts";

const DAY_MS = 86_400_000;

/** An exemption, ready to ask. */
export interface Exemption {
  readonly match: Match;
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

export function prepareExemption(exemption: CompiledExemption): Exemption {
  return {
    match: prepareMatch(exemption.match),
    keys: exemption.tags === undefined ? undefined : new Set(exemption.tags),
    endsAt: endOf(exemption.expires),
  };
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

/** Tells which keys of this resource are exempt at this moment; undefined where none is. */
export function exemptKeys(
  exemptions: readonly Exemption[],
  place: Place,
  resource: Resource,
  at: number,
): ((key: string) => boolean) | undefined {
  const counting = exemptions.filter((exemption) => {
    if (at >= exemption.endsAt) return false;
    const matched = exemption.match(place);
    return typeof matched === "boolean" ? matched : matched(resource) === "yes";
  });
  if (counting.length === 0) return undefined;
  return (key) => counting.some(({ keys }) => keys === undefined || keys.has(key));
}

/** The positions of all exemptions that match this resource, whether they count or have expired. */
export function exemptionsMatching(exemptions: readonly Exemption[], resource: Resource): number[] {
  return exemptions.flatMap(({ match }, position) => {
    const matched = match(resource);
    const matches = typeof matched === "boolean" ? matched : matched(resource) === "yes";
    return matches ? [position] : [];
  });
}
