import type { Tags } from "../../lib/core/resource.ts";
import { eachPair } from "../../local/emulator/tag-pairs.ts";
import type { AuditResource } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";

/** The longest that an index lags. */
export const LAG_MS = 60_000;
/** More than this many combinations are not looked at. */
const MOST = 512;

/**
 * All tags that a resource may have been seen with in this time; undefined = too many to look at. Its rows may be spread
 * over pages that were read one after the other, so each key counts by itself.
 */
export function possibleTags(
  resource: AuditResource,
  { from, until }: { readonly from: number; readonly until: number },
  { clouds }: AuditSimulation,
): readonly Tags[] | undefined {
  const past = clouds.pastOf(resource);
  const first = past.findLastIndex(({ at }) => at <= from - LAG_MS);
  const versions = past
    .slice(Math.max(0, first))
    .filter(({ at }) => at <= until)
    .map(({ tags }) => new Map(eachPair(tags)));
  const isRemoved = clouds.tagsOf(resource) === undefined && clouds.lastPersonAt(resource) <= until;
  // What an index hasn't shown yet carries nothing, and neither does what was deleted since it was listed.
  if (first === -1 || isRemoved) versions.push(new Map());
  // Mostly nobody has touched it.
  if (versions.length === 1) return versions;
  const keys = new Set(versions.flatMap((tags) => [...tags.keys()]));
  let possible: Map<string, string>[] = [new Map()];
  for (const key of keys) {
    const values = new Set(versions.map((tags) => tags.get(key)));
    possible = possible.flatMap((tags) =>
      Array.from(values, (value) => (value === undefined ? tags : new Map(tags).set(key, value))),
    );
    if (possible.length > MOST) return undefined;
  }
  return possible;
}
