import { compareText } from "../compare-text.ts";
import type { CallLimits } from "./call-groups.ts";

/** Every tag goes to every resource. */
export interface Rectangle {
  readonly ids: readonly string[];
  /** Of the call group. */
  readonly tagNumbers: readonly number[];
}

/** How many calls a rectangle of any size takes. */
export function callsFor(resources: number, tags: number, { resourcesPerCall, tagsPerCall }: CallLimits): number {
  return Math.ceil(resources / resourcesPerCall) * Math.ceil(tags / tagsPerCall);
}

/** Cuts a rectangle of any size into calls. */
export function cut({ ids, tagNumbers }: Rectangle, { resourcesPerCall, tagsPerCall }: CallLimits): Rectangle[] {
  const sortedIds = ids.toSorted(compareText);
  const sortedTags = tagNumbers.toSorted((a, b) => a - b);
  const calls: Rectangle[] = [];
  for (let from = 0; from < sortedIds.length; from += resourcesPerCall) {
    for (let tag = 0; tag < sortedTags.length; tag += tagsPerCall) {
      calls.push({
        ids: sortedIds.slice(from, from + resourcesPerCall),
        tagNumbers: sortedTags.slice(tag, tag + tagsPerCall),
      });
    }
  }
  return calls;
}
