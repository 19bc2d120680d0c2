import { callsFor, type Rectangle } from "./rectangle.ts";
import { tagsIn, weightOf, type Reduced } from "./reduce.ts";

/** The better of grouping by identical sets and one call per tag, counted before it is made. */
export function firstPlan(reduced: Reduced): { readonly calls: number; rectangles(): Rectangle[] } {
  const { tagSets, tagsOf, limits } = reduced;
  const counts = new Int32Array(tagsOf.length);
  let identicalCalls = 0;
  for (const set of tagSets) {
    identicalCalls += callsFor(set.ids.length, weightOf(set, tagsOf), limits);
    for (const compound of set.tagNumbers) counts[compound] = (counts[compound] ?? 0) + set.ids.length;
  }
  let perTagCalls = 0;
  for (const [compound, tags] of tagsOf.entries()) perTagCalls += callsFor(counts[compound] ?? 0, tags.length, limits);
  return perTagCalls < identicalCalls
    ? { calls: perTagCalls, rectangles: () => onePerTag(reduced) }
    : { calls: identicalCalls, rectangles: () => identicalSets(reduced) };
}

function identicalSets({ tagSets, tagsOf }: Reduced): Rectangle[] {
  return tagSets.map(({ ids, tagNumbers }) => ({ ids, tagNumbers: tagsIn(tagNumbers, tagsOf) }));
}

function onePerTag({ tagSets, tagsOf }: Reduced): Rectangle[] {
  const ids = tagsOf.map((): string[] => []);
  for (const set of tagSets) {
    for (const compound of set.tagNumbers) for (const id of set.ids) ids[compound]?.push(id);
  }
  return tagsOf.map((tagNumbers, compound) => ({ ids: ids[compound] ?? [], tagNumbers }));
}
