import type { CallLimits } from "./call-groups.ts";
import type { BoundSet } from "./slot-bound.ts";

/**
 * Says of each key, for some of the sets, what it demands at least: the calls that carry it, and the places that the
 * resources with this key need in calls that don't carry it.
 *
 * Calls that carry a key are disjoint over its values: ⌈count ÷ cap⌉ each. A resource is in one of them, and needs no
 * other place only where that call carries exactly its set. A call carries one set, so so many calls spare no more
 * places than as many of the largest chunks of `cap` resources that the sets with this value can be cut into. More calls
 * than the key needs spare `cap` places each at most, which is what a call more elsewhere gives, so they gain nothing.
 *
 * The sets must be sorted by the size of their last chunk, largest first. Results go to `calls` and `places` from
 * `offset` on, by key.
 */
export function keySurvey({ tagCount, keyCount, limits }: { tagCount: number; keyCount: number; limits: CallLimits }) {
  const cap = limits.resourcesPerCall;
  /** By tag. */
  const counts = new Int32Array(tagCount);
  const chunksLeft = new Int32Array(tagCount);

  return (sets: readonly BoundSet[], calls: Int32Array, places: Int32Array, offset: number): void => {
    calls.fill(0, offset, offset + keyCount);
    places.fill(0, offset, offset + keyCount);
    for (const { tags, count } of sets) for (const tag of tags) counts[tag] = (counts[tag] ?? 0) + count;
    for (const { tags, keys } of sets) {
      for (let index = 0; index < tags.length; index += 1) {
        const tag = tags[index] ?? 0;
        const count = counts[tag] ?? 0;
        if (count === 0) continue;
        const needed = Math.ceil(count / cap);
        chunksLeft[tag] = needed;
        counts[tag] = 0;
        const at = offset + (keys[index] ?? 0);
        calls[at] = (calls[at] ?? 0) + needed;
      }
    }
    for (const { tags, keys, count, parts } of sets) {
      if (tags.length === 1) continue;
      for (let index = 0; index < tags.length; index += 1) {
        const tag = tags[index] ?? 0;
        const whole = parts > 1 ? 0 : Math.min(chunksLeft[tag] ?? 0, Math.floor(count / cap));
        chunksLeft[tag] = (chunksLeft[tag] ?? 0) - whole;
        const at = offset + (keys[index] ?? 0);
        places[at] = (places[at] ?? 0) + count - whole * cap;
      }
    }
    for (const { tags, keys, count, parts } of sets) {
      const last = count % cap;
      if (tags.length === 1 || parts > 1 || last === 0) continue;
      for (let index = 0; index < tags.length; index += 1) {
        const tag = tags[index] ?? 0;
        const left = chunksLeft[tag] ?? 0;
        if (left === 0) continue;
        chunksLeft[tag] = left - 1;
        const at = offset + (keys[index] ?? 0);
        places[at] = (places[at] ?? 0) - last;
      }
    }
  };
}
