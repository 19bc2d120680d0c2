import { MOST_TAGS_PER_SET } from "./blocks.ts";
import type { TagSet } from "./call-groups.ts";
import type { Reduced } from "./reduce.ts";

/** More subsets of tag sets than these are too many to number. */
const MOST_SUBSETS = 2_000_000;

/** The most tags that a set may have for a search to number its subsets, and those of all other sets. */
export function searchWidth({ tagSets }: Reduced): number {
  for (let width = MOST_TAGS_PER_SET; width > 1; width -= 1) {
    let subsets = 0;
    for (const { tagNumbers } of tagSets) subsets += 2 ** Math.min(tagNumbers.length, width);
    if (subsets <= MOST_SUBSETS) return width;
  }
  return 1;
}

/** Takes the keys apart, `width` at most to a chunk: the tag sets of each chunk, in tags of the call group. */
export function keyChunks({ tagSets, tagsOf }: Reduced, width: number): TagSet[][] {
  const keys = [...new Set(tagSets.flatMap(({ keyNumbers }) => keyNumbers))].sort((a, b) => a - b);
  const chunkCount = Math.ceil(keys.length / width);
  const size = Math.ceil(keys.length / chunkCount);
  return Array.from({ length: chunkCount }, (_, chunk) =>
    onlyKeys(tagSets, tagsOf, new Set(keys.slice(chunk * size, (chunk + 1) * size))),
  );
}

function onlyKeys(tagSets: readonly TagSet[], tagsOf: Reduced["tagsOf"], keys: ReadonlySet<number>): TagSet[] {
  const sets = new Map<string, { tagNumbers: number[]; keyNumbers: number[]; ids: string[] }>();
  for (const { tagNumbers, keyNumbers, ids } of tagSets) {
    const set = { tagNumbers: [] as number[], keyNumbers: [] as number[], ids: [] as string[] };
    for (const [index, compound] of tagNumbers.entries()) {
      const key = keyNumbers[index] ?? 0;
      if (!keys.has(key)) continue;
      // Compounds stay together: under one key number, since a resource misses all of their tags or none.
      for (const tag of tagsOf[compound] ?? []) {
        set.tagNumbers.push(tag);
        set.keyNumbers.push(key);
      }
    }
    if (set.tagNumbers.length === 0) continue;
    const name = set.tagNumbers.join(",");
    const known = sets.get(name) ?? set;
    sets.set(name, known);
    for (const id of ids) known.ids.push(id);
  }
  return [...sets.values()];
}
