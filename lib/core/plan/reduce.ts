import type { CallLimits, TagSet } from "./call-groups.ts";

/**
 * A call group made smaller without losing an optimal plan: tags that always go together are one tag, and what can only
 * be done in one way is done.
 */
export interface Reduced {
  readonly limits: CallLimits;
  /** Sets that have a tag which no other set has: they are written whole, and nothing can share their calls. */
  readonly decided: readonly TagSet[];
  /** The others. Their tag numbers are those of compounds. */
  readonly tagSets: readonly TagSet[];
  /** Compound → the tags of the call group that it stands for, ascending; never more than one call takes. */
  readonly tagsOf: readonly (readonly number[])[];
}

export function reduce(tagSets: readonly TagSet[], limits: CallLimits): Reduced {
  const { decided, rest } = decide(tagSets, limits);
  return { limits, decided, ...joinTags(rest, limits) };
}

/** How many tags of the call group a set has, compounds counted out. */
export function weightOf({ tagNumbers }: TagSet, tagsOf: Reduced["tagsOf"]): number {
  return tagNumbers.reduce((sum, compound) => sum + (tagsOf[compound]?.length ?? 0), 0);
}

/** The tags of the call group that compounds stand for. */
export function tagsIn(compounds: readonly number[], tagsOf: Reduced["tagsOf"]): number[] {
  return compounds.flatMap((compound) => tagsOf[compound] ?? []);
}

/**
 * The calls that carry a tag of one set alone hold resources of that set alone, ⌈resources ÷ cap⌉ at least. They may as
 * well carry all of its tags, and then the set is done at no further cost, which may leave another set alone with a tag.
 */
function decide(tagSets: readonly TagSet[], limits: CallLimits): { decided: TagSet[]; rest: readonly TagSet[] } {
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
    const tagNumbers = tagSets[index]?.tagNumbers ?? [];
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
    decided: tagSets.filter((_, index) => done.has(index)),
    rest: done.size === 0 ? tagSets : tagSets.filter((_, index) => !done.has(index)),
  };
}

/**
 * Joins tags that the same sets have. In any plan each of them may travel wherever the first of them does, which takes no
 * more calls and, where each set fits one call, breaks no limit.
 */
function joinTags(tagSets: readonly TagSet[], limits: CallLimits): Pick<Reduced, "tagSets" | "tagsOf"> {
  const tagCount = tagSets.reduce((most, { tagNumbers }) => Math.max(most, (tagNumbers.at(-1) ?? 0) + 1), 0);
  const fits = tagSets.every(({ tagNumbers }) => tagNumbers.length <= limits.tagsPerCall);
  const useOf = fits ? sameUse(tagSets, tagCount) : undefined;
  const tagsOf: number[][] = [];
  const compoundOf = new Int32Array(tagCount);
  const compounds = new Map<number, number>();
  for (let tag = 0; tag < tagCount; tag += 1) {
    const use = useOf?.[tag] ?? 0;
    // Use 0 = of no set, as those of decided sets are.
    const compound = (use === 0 ? undefined : compounds.get(use)) ?? tagsOf.length;
    compounds.set(use, compound);
    compoundOf[tag] = compound;
    (tagsOf[compound] ??= []).push(tag);
  }
  if (tagsOf.length === tagCount) return { tagSets, tagsOf };
  return { tagSets: tagSets.map((set) => ({ ...set, ...compoundsOf(set, compoundOf) })), tagsOf };
}

function compoundsOf({ tagNumbers, keyNumbers }: TagSet, compoundOf: Int32Array): Omit<TagSet, "ids"> {
  const keys = new Map<number, number>();
  for (const [index, tag] of tagNumbers.entries()) {
    const compound = compoundOf[tag] ?? 0;
    // The key of its first tag stands for a compound.
    if (!keys.has(compound)) keys.set(compound, keyNumbers[index] ?? 0);
  }
  return { tagNumbers: [...keys.keys()], keyNumbers: [...keys.values()] };
}

/** Tag → a number that only the tags of exactly the same sets share: uses are split by one set after the other. */
function sameUse(tagSets: readonly TagSet[], tagCount: number): Int32Array {
  const useOf = new Int32Array(tagCount);
  /** Use → the use of those of its tags that the set has, and the set that this was said for. */
  const split: number[] = [];
  const splitFor: number[] = [];
  let uses = 1;
  for (const [index, { tagNumbers }] of tagSets.entries()) {
    for (const tag of tagNumbers) {
      const before = useOf[tag] ?? 0;
      if (splitFor[before] !== index) {
        splitFor[before] = index;
        split[before] = uses;
        uses += 1;
      }
      useOf[tag] = split[before] ?? 0;
    }
  }
  return useOf;
}
