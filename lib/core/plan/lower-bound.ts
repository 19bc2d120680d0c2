import type { CallLimits } from "./call-groups.ts";
import { keySurvey } from "./key-survey.ts";
import { weightOf, type Reduced } from "./reduce.ts";
import { slotBound, type BoundSet } from "./slot-bound.ts";

/** Above this many (subset of keys, tag set) steps, keys are taken in one order only: weaker, still true. */
const MOST_STEPS = 1_000_000;
const MOST_KEYS = 14;

/**
 * The fewest calls that any plan needs.
 *
 * Calls that carry a key are disjoint over its values, because no resource misses two values of one key: ⌈count ÷ cap⌉
 * each. None of them may hold a resource that doesn't miss that key, so what those resources need comes on top: by the
 * same argument with another key, or by the places that they need, and with them those that resources with the first
 * key need in calls without it.
 */
export function lowerBound({ decided, tagSets, tagsOf, limits }: Reduced): number {
  const cap = limits.resourcesPerCall;
  const keys = [...new Set(tagSets.flatMap(({ keyNumbers }) => keyNumbers))];
  const positions = new Map(keys.map((key, position) => [key, position]));
  const sets = tagSets.map((set): BoundSet => {
    const positionsOfSet = set.keyNumbers.map((key) => positions.get(key) ?? 0);
    return {
      count: set.ids.length,
      tags: set.tagNumbers,
      keys: positionsOfSet,
      keyMask: positionsOfSet.reduce((mask, position) => mask | (1 << position), 0),
      parts: Math.ceil(weightOf(set, tagsOf) / limits.tagsPerCall),
    };
  });
  // As a survey of the keys needs them.
  sets.sort((a, b) => (b.count % cap) - (a.count % cap));
  const bound = keys.length <= MOST_KEYS ? boundOverKeys : boundInOneOrder;
  const input = { sets, keyCount: keys.length, tagCount: tagsOf.length, limits };
  const done = decided.reduce((sum, { ids }) => sum + Math.ceil(ids.length / cap), 0);
  return done + bound(input);
}

interface Input {
  readonly sets: readonly BoundSet[];
  readonly keyCount: number;
  readonly tagCount: number;
  readonly limits: CallLimits;
}

/** Every order of the keys at once, by dynamic programming over the subsets of keys that are dealt with. */
function boundOverKeys(input: Input): number {
  const { sets, keyCount, limits } = input;
  if (steps(sets, keyCount) > MOST_STEPS) return boundInOneOrder(input);
  const all = 2 ** keyCount - 1;
  const places = Array.from({ length: all + 1 }, () => (others: number) => Math.ceil(others / limits.resourcesPerCall));
  const leftOver = new Int32Array((all + 1) * keyCount);
  const demands = new Int32Array((all + 1) * keyCount);
  const survey = keySurvey(input);
  const visit = (dealtWith: number, from: number, left: readonly BoundSet[]) => {
    if (left.length === 0) return;
    places[dealtWith] = slotBound(left, limits);
    survey(left, demands, leftOver, dealtWith * keyCount);
    for (let key = from; key < keyCount; key += 1) {
      const bit = 1 << key;
      visit(
        dealtWith | bit,
        key + 1,
        left.filter(({ keyMask }) => (keyMask & bit) === 0),
      );
    }
  };
  visit(0, 0, sets);
  const bounds = new Int32Array(all + 1);
  for (let dealtWith = all; dealtWith >= 0; dealtWith -= 1) {
    let best = places[dealtWith]?.(0) ?? 0;
    for (let key = 0; key < keyCount; key += 1) {
      const at = dealtWith * keyCount + key;
      const needed = demands[at] ?? 0;
      if (needed === 0) continue;
      const without = dealtWith | (1 << key);
      const others = Math.max(bounds[without] ?? 0, places[without]?.(leftOver[at] ?? 0) ?? 0);
      best = Math.max(best, needed + others);
    }
    bounds[dealtWith] = best;
  }
  return bounds[0] ?? 0;
}

function boundInOneOrder(input: Input): number {
  const survey = keySurvey(input);
  const demands = new Int32Array(input.keyCount);
  const leftOver = new Int32Array(input.keyCount);
  let best = 0;
  let calls = 0;
  for (let left = input.sets; left.length > 0;) {
    best = Math.max(best, calls + slotBound(left, input.limits)(0));
    survey(left, demands, leftOver, 0);
    let key = 0;
    for (let other = 1; other < input.keyCount; other += 1) {
      if ((demands[other] ?? 0) > (demands[key] ?? 0)) key = other;
    }
    calls += demands[key] ?? 0;
    left = left.filter(({ keys }) => !keys.includes(key));
  }
  return Math.max(best, calls);
}

function steps(sets: readonly BoundSet[], keyCount: number): number {
  let sum = 2 ** keyCount;
  for (const { tags } of sets) sum += 2 ** (keyCount - tags.length) * tags.length;
  return sum;
}
