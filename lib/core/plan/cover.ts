import { numberBlocks } from "./blocks.ts";
import { keyChunks, searchWidth } from "./key-chunks.ts";
import { lowerBound } from "./lower-bound.ts";
import { compareText } from "./order.ts";
import { reduce, type Reduced } from "./reduce.ts";
import type { Routing } from "./routing.ts";
import { searchRouting } from "./search.ts";
import type { SearchLimits } from "./split.ts";

/** Every tag goes to every resource. */
export interface Rectangle {
  readonly ids: readonly string[];
  /** Of the call group. */
  readonly tagNumbers: readonly number[];
}

/**
 * Covers every (resource, tag) pair exactly once with few calls. The first plan, which no steps are needed for, is the
 * better of grouping by identical sets and one call per tag; a search replaces it only by fewer calls.
 */
export function cover(reduced: Reduced, search: SearchLimits): Rectangle[] {
  return rectangles(reduced, search).flatMap((rectangle) => cut(rectangle, reduced));
}

/** Rectangles of any number of resources. */
function rectangles(reduced: Reduced, { steps, lowerBound }: SearchLimits): Rectangle[] {
  const { tagSets, tagsOf, settled } = reduced;
  const callsOf = (some: readonly Rectangle[]) => some.reduce((sum, one) => sum + callCount(one, reduced), 0);
  const done = settled.map(({ ids, tagNumbers }) => ({ ids, tagNumbers }));
  const identical = tagSets.map(({ ids, tagNumbers }) => ({ ids, tagNumbers: tagsIn(tagNumbers, tagsOf) }));
  const perTag = onePerTag(reduced);
  const first = callsOf(perTag) < callsOf(identical) ? perTag : identical;
  const toReach = lowerBound - callsOf(done);
  if (steps === 0 || callsOf(first) <= toReach) return [...done, ...first];
  const found = searched(reduced, { steps, lowerBound: toReach });
  return [...done, ...(callsOf(found) < callsOf(first) ? found : first)];
}

function searched(reduced: Reduced, search: SearchLimits): Rectangle[] {
  const width = searchWidth(reduced);
  if (reduced.tagSets.every(({ tagNumbers }) => tagNumbers.length <= width)) {
    return materialise(searchRouting(numberBlocks(reduced), search), reduced);
  }
  // Too many tags for their subsets to be numbered, so some keys are planned apart from the others.
  const chunks = keyChunks(reduced, width);
  return chunks.flatMap((tagSets) => {
    const part = reduce(tagSets, reduced.limits);
    return rectangles(part, { steps: Math.floor(search.steps / chunks.length), lowerBound: lowerBound(part) });
  });
}

/** Gives the resources of each set, in the order of their ids, to its routes: which one goes where makes no difference. */
function materialise({ routes, blocks }: Routing, { tagSets, tagsOf }: Reduced): Rectangle[] {
  const made = new Map<number, { tagNumbers: readonly number[]; ids: string[] }>();
  for (const [index, { tagNumbers, ids }] of tagSets.entries()) {
    let from = 0;
    for (const { masks, count } of routes[index] ?? []) {
      if (count === 0) continue;
      const some = ids.slice(from, from + count);
      from += count;
      for (const mask of masks) {
        const block = blocks.sets[index]?.blockOf[mask] ?? 0;
        const rectangle = made.get(block);
        if (rectangle === undefined) {
          const compounds = tagNumbers.filter((_, bit) => ((mask >> bit) & 1) === 1);
          made.set(block, { tagNumbers: tagsIn(compounds, tagsOf), ids: [...some] });
        } else rectangle.ids.push(...some);
      }
    }
  }
  return [...made.values()];
}

function onePerTag({ tagSets, tagsOf }: Reduced): Rectangle[] {
  const made = new Map<number, string[]>();
  for (const { tagNumbers, ids } of tagSets) {
    for (const compound of tagNumbers) {
      const known = made.get(compound);
      if (known === undefined) made.set(compound, [...ids]);
      else for (const id of ids) known.push(id);
    }
  }
  return [...made].map(([compound, ids]) => ({ ids, tagNumbers: tagsOf[compound] ?? [] }));
}

function tagsIn(compounds: readonly number[], tagsOf: Reduced["tagsOf"]): number[] {
  return compounds.flatMap((compound) => tagsOf[compound] ?? []);
}

function callCount({ ids, tagNumbers }: Rectangle, { limits: { resourcesPerCall, tagsPerCall } }: Reduced): number {
  return Math.ceil(ids.length / resourcesPerCall) * Math.ceil(tagNumbers.length / tagsPerCall);
}

/** Cuts a rectangle of any size into calls. */
function cut({ ids, tagNumbers }: Rectangle, { limits: { resourcesPerCall, tagsPerCall } }: Reduced): Rectangle[] {
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
