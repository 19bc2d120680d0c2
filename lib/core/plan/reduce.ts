import type { CallLimits, TagSet } from "./call-groups.ts";

/**
 * A call group made smaller without losing an optimal plan: tags that always go together are one tag, and what can only
 * be done in one way is done.
 */
export interface Reduced {
  readonly limits: CallLimits;
  /** Sets that have a tag which no other set has: they are written whole, and nothing can share their calls. */
  readonly settled: readonly TagSet[];
  /** The others. Their tag numbers are those of compounds. */
  readonly tagSets: readonly TagSet[];
  /** Compound → the tags of the call group that it stands for, ascending; never more than one call takes. */
  readonly tagsOf: readonly (readonly number[])[];
}

export function reduce(tagSets: readonly TagSet[], limits: CallLimits): Reduced {
  const { settled, rest } = settle(tagSets, limits);
  return { limits, settled, ...joinTags(rest, limits) };
}

/** How many tags of the call group a set has, compounds counted out. */
export function weightOf({ tagNumbers }: TagSet, tagsOf: Reduced["tagsOf"]): number {
  return tagNumbers.reduce((sum, compound) => sum + (tagsOf[compound]?.length ?? 0), 0);
}

/**
 * The calls that carry a tag of one set alone hold resources of that set alone, ⌈resources ÷ cap⌉ at least. They may as
 * well carry all of its tags, and then the set is done at no further cost, which may leave another set alone with a tag.
 */
function settle(tagSets: readonly TagSet[], limits: CallLimits): { settled: TagSet[]; rest: readonly TagSet[] } {
  const users = new Map<number, { count: number; indexes: number }>();
  for (const [index, { tagNumbers }] of tagSets.entries()) {
    for (const tag of tagNumbers) {
      const user = users.get(tag);
      if (user === undefined) users.set(tag, { count: 1, indexes: index });
      // The exclusive or of all indexes is the index of the last one left.
      else Object.assign(user, { count: user.count + 1, indexes: user.indexes ^ index });
    }
  }
  const done = new Set<number>();
  const alone = [...users.values()].flatMap(({ count, indexes }) => (count === 1 ? [indexes] : []));
  for (let index = alone.pop(); index !== undefined; index = alone.pop()) {
    const { tagNumbers } = tagSets[index] ?? { tagNumbers: [] };
    if (done.has(index) || tagNumbers.length > limits.tagsPerCall) continue;
    done.add(index);
    for (const tag of tagNumbers) {
      const user = users.get(tag);
      if (user === undefined) continue;
      user.count -= 1;
      user.indexes ^= index;
      if (user.count === 1) alone.push(user.indexes);
    }
  }
  return {
    settled: tagSets.filter((_, index) => done.has(index)),
    rest: done.size === 0 ? tagSets : tagSets.filter((_, index) => !done.has(index)),
  };
}

/**
 * Joins tags that the same sets have. In any plan each of them may travel wherever the first of them does, which takes no
 * more calls and, where each set fits one call, breaks no limit.
 */
function joinTags(tagSets: readonly TagSet[], limits: CallLimits): Pick<Reduced, "tagSets" | "tagsOf"> {
  const classOf = sameUse(tagSets);
  const compounds = new Map<string, number>();
  const compoundOf = new Map<number, number>();
  const tagsOf: number[][] = [];
  const fits = tagSets.every(({ tagNumbers }) => tagNumbers.length <= limits.tagsPerCall);
  for (const [tag, use] of [...classOf].sort(([a], [b]) => a - b)) {
    const name = fits ? `${use}` : `${use} ${tag}`;
    const compound = compounds.get(name) ?? tagsOf.length;
    compounds.set(name, compound);
    compoundOf.set(tag, compound);
    (tagsOf[compound] ??= []).push(tag);
  }
  const joined = tagSets.map(({ tagNumbers, keyNumbers, ids }): TagSet => {
    const keys = new Map<number, number>();
    for (const [index, tag] of tagNumbers.entries()) {
      const compound = compoundOf.get(tag) ?? 0;
      if (!keys.has(compound)) keys.set(compound, keyNumbers[index] ?? 0);
    }
    return { tagNumbers: [...keys.keys()], keyNumbers: [...keys.values()], ids };
  });
  return { tagSets: joined, tagsOf };
}

/** Tag → a number that only the tags of exactly the same sets share: classes are split by one set after the other. */
function sameUse(tagSets: readonly TagSet[]): Map<number, number> {
  const classOf = new Map<number, number>();
  let classes = 1;
  for (const { tagNumbers } of tagSets) {
    const split = new Map<number, number>();
    for (const tag of tagNumbers) {
      const before = classOf.get(tag) ?? 0;
      let after = split.get(before);
      if (after === undefined) {
        after = classes;
        classes += 1;
        split.set(before, after);
      }
      classOf.set(tag, after);
    }
  }
  return classOf;
}
