import type { CallLimits } from "./call-groups.ts";

/** What a bound needs to know of a tag set. */
export interface BoundSet {
  readonly count: number;
  /** Compounds. */
  readonly tags: readonly number[];
  /** Of each of them, by position. */
  readonly keys: readonly number[];
  /** The keys as bits. */
  readonly keyMask: number;
  /** The fewest calls that its tags fit in. */
  readonly parts: number;
}

/** A resource is counted as being in up to this many calls; counting further gains nothing in practice. */
const MOST_PARTS = 4;

/**
 * The fewest calls in which all resources find their places, and `others` places more.
 *
 * Take any Y calls. A resource whose set has two tags or more has one place only in a call that carries exactly its set.
 * It has two only in a pair of calls whose tags make up exactly its set, three only in such a triple. A call, a pair, a
 * triple serves one set that way, and `cap` resources at most. So the calls, pairs and triples can't spare more places
 * than the largest of the chunks of `cap` resources that the sets can be cut into. Sets of one tag need calls that carry
 * just that tag, which spare nobody a place. All other places must be there: Y × cap of them.
 */
export function slotBound(
  sets: readonly BoundSet[],
  { resourcesPerCall: cap }: CallLimits,
): (others: number) => number {
  let resources = 0;
  let singles = 0;
  let mostParts = 0;
  // Level i: the resources that are in more than i calls, but for those that i calls are enough for.
  const levels = Array.from({ length: MOST_PARTS - 1 }, () => ({ needed: 0, chunks: new Int32Array(cap + 1) }));
  for (const { count, tags, parts } of sets) {
    resources += count;
    if (tags.length === 1) singles += Math.ceil(count / cap);
    if (parts > mostParts) mostParts = parts;
    for (const [index, level] of levels.entries()) {
      if (tags.length <= index + 1) break;
      level.needed += count;
      if (parts <= index + 1) addChunks(level.chunks, count);
    }
  }

  function enough(calls: number, others: number): boolean {
    let places = resources + others;
    let combinations = calls;
    let servers = calls - singles;
    for (const [index, { needed, chunks }] of levels.entries()) {
      places += needed - largest(chunks, servers);
      combinations = (combinations * (calls - index - 1)) / (index + 2);
      servers += combinations;
    }
    return places <= calls * cap;
  }

  return (others) => {
    let fewest = Math.max(singles, mostParts, Math.ceil((resources + others) / cap));
    let most = Math.max(1, fewest);
    while (!enough(most, others)) most *= 2;
    while (fewest < most) {
      const middle = (fewest + most) >> 1;
      if (enough(middle, others)) most = middle;
      else fewest = middle + 1;
    }
    return fewest;
  };
}

/** Cuts resources into chunks of one call each: size → how many. */
function addChunks(chunks: Int32Array, count: number): void {
  const cap = chunks.length - 1;
  const rest = count % cap;
  chunks[cap] = (chunks[cap] ?? 0) + Math.floor(count / cap);
  if (rest > 0) chunks[rest] = (chunks[rest] ?? 0) + 1;
}

/** The sum of so many of the largest chunks. */
function largest(chunks: Int32Array, count: number): number {
  let left = count;
  let sum = 0;
  for (let size = chunks.length - 1; size > 0 && left > 0; size -= 1) {
    const taken = Math.min(left, chunks[size] ?? 0);
    sum += taken * size;
    left -= taken;
  }
  return sum;
}
