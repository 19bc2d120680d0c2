import type { CallLimits, TagSet } from "./call-groups.ts";

/** Above this many (subset of keys, tag set) steps the bound follows the most demanding key only: weaker, still true. */
const STEPS = 4_000_000;
const MOST_KEYS = 16;

/**
 * The fewest calls that any plan needs.
 *
 * Calls that carry a key are disjoint over its values, because no resource misses two values of one key: ⌈count ÷ cap⌉
 * each. None of them may hold a resource that doesn't miss that key, so what those resources need comes on top, by the
 * same argument. And a resource with t tags is in at least ⌈t ÷ tags per call⌉ calls, of which each holds `cap`
 * resources.
 */
export function lowerBound(tagSets: readonly TagSet[], limits: CallLimits): number {
  const keys = [...new Set(tagSets.flatMap(({ keyNumbers }) => keyNumbers))].sort((a, b) => a - b);
  const tryAll = keys.length <= MOST_KEYS && tagSets.length * 2 ** keys.length <= STEPS;
  const memo = new Map<string, number>();

  /** `left` = the tag sets without any of the keys whose positions are in `without`. */
  function bound(left: readonly TagSet[], without: readonly number[]): number {
    if (left.length === 0) return 0;
    const state = without.join(",");
    const known = memo.get(state);
    if (known !== undefined) return known;
    const demands = demandByKey(left, limits.resourcesPerCall);
    const candidates = tryAll ? [...demands.keys()] : mostDemanding(demands);
    let best = bySlots(left, limits);
    for (const key of candidates) {
      const rest = left.filter(({ keyNumbers }) => !keyNumbers.includes(key));
      const total =
        (demands.get(key) ?? 0) +
        bound(
          rest,
          [...without, key].sort((a, b) => a - b),
        );
      best = Math.max(best, total);
    }
    memo.set(state, best);
    return best;
  }
  return bound(tagSets, []);
}

function bySlots(tagSets: readonly TagSet[], { resourcesPerCall, tagsPerCall }: CallLimits): number {
  let places = 0;
  let most = 0;
  for (const { tagNumbers, ids } of tagSets) {
    const calls = Math.ceil(tagNumbers.length / tagsPerCall);
    places += ids.length * calls;
    most = Math.max(most, calls);
  }
  return Math.max(most, Math.ceil(places / resourcesPerCall));
}

/** Key number → the calls that carry it at least. */
function demandByKey(tagSets: readonly TagSet[], cap: number): Map<number, number> {
  const counts = new Map<number, { key: number; count: number }>();
  for (const { tagNumbers, keyNumbers, ids } of tagSets) {
    for (const [index, tag] of tagNumbers.entries()) {
      const entry = counts.get(tag);
      if (entry === undefined) counts.set(tag, { key: keyNumbers[index] ?? -1, count: ids.length });
      else entry.count += ids.length;
    }
  }
  const demands = new Map<number, number>();
  for (const { key, count } of counts.values()) demands.set(key, (demands.get(key) ?? 0) + Math.ceil(count / cap));
  return demands;
}

function mostDemanding(demands: ReadonlyMap<number, number>): number[] {
  let best: number | undefined;
  for (const [key, demand] of demands) if (best === undefined || demand > (demands.get(best) ?? 0)) best = key;
  return best === undefined ? [] : [best];
}
