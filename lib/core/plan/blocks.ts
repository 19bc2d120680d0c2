import { weightOf, type Reduced } from "./reduce.ts";

/**
 * The tag sets with every subset of each of them numbered, so that two sets which share a subset of tags share its
 * number: a block. A call carries exactly one block; a resource is in one call for each block that its tags are split
 * into.
 */
export interface Blocks {
  readonly sets: readonly BlockSet[];
  /** Blocks are numbered from 1; 0 is the empty one. */
  readonly blockCount: number;
  readonly cap: number;
}

export interface BlockSet {
  readonly size: number;
  /** How many resources miss exactly these tags. */
  readonly count: number;
  /** All tags of the set as a mask: bit i is its i-th tag. */
  readonly all: number;
  /** The keys of its tags, by position. */
  readonly keyNumbers: readonly number[];
  /** Mask → block number. */
  readonly blockOf: Int32Array;
  /** Whether the tags of this mask may share a call. */
  readonly fits: (mask: number) => boolean;
}

/** Above this many tags in one set its subsets are too many to number. */
export const MOST_TAGS_PER_SET = 10;

export function numberBlocks({ tagSets, tagsOf, limits }: Reduced): Blocks {
  const numbers = new Map<number, number>();
  const sets = tagSets.map((set): BlockSet => {
    const { tagNumbers, keyNumbers, ids } = set;
    const all = 2 ** tagNumbers.length - 1;
    const blockOf = new Int32Array(all + 1);
    for (let mask = 1; mask <= all; mask += 1) {
      const highest = 31 - Math.clz32(mask);
      // A block is a smaller block and one tag more, so a pair of numbers names it.
      const name = (blockOf[mask ^ (1 << highest)] ?? 0) * tagsOf.length + (tagNumbers[highest] ?? 0);
      let block = numbers.get(name);
      if (block === undefined) {
        block = numbers.size + 1;
        numbers.set(name, block);
      }
      blockOf[mask] = block;
    }
    const fits =
      weightOf(set, tagsOf) <= limits.tagsPerCall ? always : (mask: number) => bitCount(mask) <= limits.tagsPerCall;
    return { size: tagNumbers.length, count: ids.length, all, keyNumbers, blockOf, fits };
  });
  return { sets, blockCount: numbers.size + 1, cap: limits.resourcesPerCall };
}

const always = () => true;

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
