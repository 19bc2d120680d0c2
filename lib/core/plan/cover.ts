import type { CallLimits, TagSet } from "./call-groups.ts";
import { compareText } from "./order.ts";
import { bestPartition } from "./partition.ts";

/** One call: every tag goes to every resource. */
export interface Rectangle {
  readonly ids: readonly string[];
  readonly tagNumbers: readonly number[];
}

/**
 * Covers every (resource, tag) pair exactly once with few rectangles: full batches of identical sets first, the rest by
 * the best partition of the keys, in which each block of keys is grouped by identical sets. One block of all keys is
 * grouping by identical sets, blocks of one key each are one call per tag, so the result is never worse than either.
 */
export function cover(tagSets: readonly TagSet[], limits: CallLimits): Rectangle[] {
  const { full, rest } = peel(tagSets, limits);
  const peeled = [...full, ...coverBlocks(rest, limits)];
  // Peeling can break up what a block would have joined, so both are tried where they differ.
  if (full.length === 0 || rest.length === 0) return peeled;
  const whole = coverBlocks(tagSets, limits);
  return whole.length < peeled.length ? whole : peeled;
}

function peel(tagSets: readonly TagSet[], limits: CallLimits): { full: Rectangle[]; rest: TagSet[] } {
  const full: Rectangle[] = [];
  const rest: TagSet[] = [];
  for (const set of tagSets) {
    const left = set.ids.length % limits.resourcesPerCall;
    const whole = set.ids.slice(0, set.ids.length - left);
    full.push(...cut(whole, set.tagNumbers, limits));
    if (left > 0) rest.push({ ...set, ids: set.ids.slice(whole.length) });
  }
  return { full, rest };
}

function coverBlocks(tagSets: readonly TagSet[], limits: CallLimits): Rectangle[] {
  const rectangles: Rectangle[] = [];
  for (const block of bestPartition(tagSets, limits)) {
    const projections = new Map<string, { tagNumbers: number[]; ids: string[] }>();
    for (const { tagNumbers, keyNumbers, ids } of tagSets) {
      const within = tagNumbers.filter((_, index) => block.has(keyNumbers[index] ?? -1));
      if (within.length === 0) continue;
      const signature = within.join(",");
      const projection = projections.get(signature);
      if (projection === undefined) projections.set(signature, { tagNumbers: within, ids: [...ids] });
      else for (const id of ids) projection.ids.push(id);
    }
    for (const { ids, tagNumbers } of projections.values()) {
      rectangles.push(...cut(ids.sort(compareText), tagNumbers, limits));
    }
  }
  return rectangles;
}

/** Cuts a rectangle of any size into calls. */
function cut(ids: readonly string[], tagNumbers: readonly number[], limits: CallLimits): Rectangle[] {
  const { resourcesPerCall, tagsPerCall } = limits;
  const rectangles: Rectangle[] = [];
  for (let from = 0; from < ids.length; from += resourcesPerCall) {
    for (let tag = 0; tag < tagNumbers.length; tag += tagsPerCall) {
      rectangles.push({
        ids: ids.slice(from, from + resourcesPerCall),
        tagNumbers: tagNumbers.slice(tag, tag + tagsPerCall),
      });
    }
  }
  return rectangles;
}
