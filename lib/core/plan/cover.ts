import { numberBlocks } from "./blocks.ts";
import { firstPlan } from "./first-plan.ts";
import { keyChunks, searchWidth } from "./key-chunks.ts";
import { lowerBound } from "./lower-bound.ts";
import { callsFor, cut, type Rectangle } from "./rectangle.ts";
import { reduce, tagsIn, type Reduced } from "./reduce.ts";
import type { Routing } from "./routing.ts";
import { searchRouting } from "./search.ts";
import type { SearchLimits } from "./split.ts";

/**
 * Covers every (resource, tag) pair exactly once with few calls. The first plan, which no steps are needed for, is the
 * better of grouping by identical sets and one call per tag; a search replaces it only by fewer calls.
 */
export function cover(reduced: Reduced, search: SearchLimits): Rectangle[] {
  return rectangles(reduced, search).flatMap((rectangle) => cut(rectangle, reduced.limits));
}

/** Rectangles of any number of resources. */
function rectangles(reduced: Reduced, { steps, lowerBound }: SearchLimits): Rectangle[] {
  const { decided, limits } = reduced;
  const done = decided.map(({ ids, tagNumbers }): Rectangle => ({ ids, tagNumbers }));
  const calls = (some: readonly Rectangle[]) =>
    some.reduce((sum, { ids, tagNumbers }) => sum + callsFor(ids.length, tagNumbers.length, limits), 0);
  const first = firstPlan(reduced);
  const toReach = lowerBound - calls(done);
  if (steps === 0 || first.calls <= toReach) return [...done, ...first.rectangles()];
  const found = searched(reduced, { steps, lowerBound: toReach });
  return [...done, ...(calls(found) < first.calls ? found : first.rectangles())];
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
  const made = new Map<number, { tagNumbers: readonly number[]; parts: (readonly string[])[] }>();
  for (const [index, { tagNumbers, ids }] of tagSets.entries()) {
    let from = 0;
    for (const { masks, count } of routes[index] ?? []) {
      const some = ids.slice(from, from + count);
      from += count;
      for (const mask of masks) {
        const block = blocks.sets[index]?.blockOf[mask] ?? 0;
        const rectangle = made.get(block);
        if (rectangle === undefined) {
          const compounds = tagNumbers.filter((_, bit) => ((mask >> bit) & 1) === 1);
          made.set(block, { tagNumbers: tagsIn(compounds, tagsOf), parts: [some] });
        } else rectangle.parts.push(some);
      }
    }
  }
  return Array.from(made.values(), ({ tagNumbers, parts }) => ({ tagNumbers, ids: parts.flat() }));
}
