import type { CallLimits } from "./call-groups.ts";
import type { BoundSet } from "./slot-bound.ts";

/**
 * How many places resources with this key need in calls that don't carry it, if the key has no more calls than its
 * values need; each call more spares `cap` places at most, so it gains nothing.
 *
 * A resource is in one call that carries the key, and has no other place only where that call carries exactly its set.
 * A call carries one set, so ⌈count ÷ cap⌉ calls spare no more than so many of the largest chunks of `cap` resources
 * that the sets with this value can be cut into.
 */
export function leftOverPlaces(sets: readonly BoundSet[], key: number, { resourcesPerCall: cap }: CallLimits): number {
  const values = new Map<number, { count: number; chunks: number[] }>();
  let places = 0;
  for (const { tags, keys, count, parts } of sets) {
    const tag = tags[keys.indexOf(key)];
    if (tag === undefined) continue;
    let value = values.get(tag);
    if (value === undefined) values.set(tag, (value = { count: 0, chunks: [] }));
    value.count += count;
    if (tags.length === 1) continue;
    places += count;
    if (parts > 1) continue;
    for (let left = count; left > 0; left -= cap) value.chunks.push(Math.min(left, cap));
  }
  for (const { count, chunks } of values.values()) places -= mostSpared(count, chunks, cap);
  return places;
}

function mostSpared(count: number, chunks: number[], cap: number): number {
  const largest = chunks.sort((a, b) => b - a).slice(0, Math.ceil(count / cap));
  return largest.reduce((sum, chunk) => sum + chunk, 0);
}
