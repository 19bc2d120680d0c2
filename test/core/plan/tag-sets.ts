import type { CallLimits, TagSet } from "../../../lib/core/plan/call-groups.ts";
import type { Reduced } from "../../../lib/core/plan/reduce.ts";

/** Sets of tags, each of which is a key of its own, missed by so many resources each. */
export function tagSetsOf(rows: readonly (readonly number[])[], counts: readonly number[] = []): TagSet[] {
  return rows.map((tags, index) => ({
    tagNumbers: tags,
    keyNumbers: tags,
    ids: Array.from({ length: counts[index] ?? 1 }, (_, place) => `r${index}-${place}`),
  }));
}

/** These sets as they are: nothing decided, no tags joined. */
export function reducedOf(tagSets: readonly TagSet[], limits: Partial<CallLimits> = {}): Reduced {
  const tagCount = Math.max(0, ...tagSets.flatMap(({ tagNumbers }) => tagNumbers)) + 1;
  return {
    limits: { resourcesPerCall: 10, tagsPerCall: 20, ...limits },
    decided: [],
    tagSets,
    tagsOf: Array.from({ length: tagCount }, (_, tag) => [tag]),
  };
}
