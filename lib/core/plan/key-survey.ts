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

  function demand({ tags, keys }: BoundSet, calls: Int32Array, offset: number): void {
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

  /** Takes so many chunks of one size from each key of the set, as far as calls are left for its values. */
  function spare({ tags, keys }: BoundSet, { chunks, size }: Chunks, places: Int32Array, offset: number): void {
    for (let index = 0; index < tags.length; index += 1) {
      const tag = tags[index] ?? 0;
      const taken = Math.min(chunks, chunksLeft[tag] ?? 0);
      if (taken === 0) continue;
      chunksLeft[tag] = (chunksLeft[tag] ?? 0) - taken;
      const at = offset + (keys[index] ?? 0);
      places[at] = (places[at] ?? 0) - taken * size;
    }
  }

  return (sets: readonly BoundSet[], calls: Int32Array, places: Int32Array, offset: number): void => {
    calls.fill(0, offset, offset + keyCount);
    places.fill(0, offset, offset + keyCount);
    for (const { tags, count } of sets) for (const tag of tags) counts[tag] = (counts[tag] ?? 0) + count;
    for (const set of sets) demand(set, calls, offset);
    for (const set of sets) {
      const { tags, keys, count, parts } = set;
      if (tags.length === 1) continue;
      for (const key of keys) places[offset + key] = (places[offset + key] ?? 0) + count;
      if (parts === 1 && count >= cap) spare(set, { chunks: Math.floor(count / cap), size: cap }, places, offset);
    }
    for (const set of sets) {
      const { tags, count, parts } = set;
      if (tags.length > 1 && parts === 1) spare(set, { chunks: 1, size: count % cap }, places, offset);
    }
  };
}

interface Chunks {
  readonly chunks: number;
  readonly size: number;
}
