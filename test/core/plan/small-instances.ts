import { seededRandom } from "../../../lib/core/seeded-random.ts";
import type { Lacks, Limits } from "./fewest-calls.ts";

export interface SmallInstance extends Limits {
  readonly rows: readonly Lacks[];
}

const KEYS = ["a", "b", "c", "d", "e"];

/** Up to 14 resources that lack some of 5 keys, two of which have several values, under caps that bite. */
export function smallInstances(count: number): SmallInstance[] {
  const random = seededRandom(5);
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  return Array.from({ length: count }, (_, index) => ({
    cap: 1 + (index % 5),
    tagsPerCall: [20, 2, 3][index % 3] ?? 1,
    rows: Array.from({ length: upTo(14) }, () => {
      const keys = KEYS.filter(() => random() < 0.5);
      return Object.fromEntries(
        (keys.length > 0 ? keys : ["c"]).map((key) => [key, key < "c" ? String(upTo(3)) : "1"]),
      );
    }),
  }));
}

/** The fewest calls for each of the first instances, as an exact solver found them; undefined where it takes too long. */
// oxfmt-ignore
export const FEWEST: readonly (number | undefined)[] = [
undefined, 10, undefined, 8, 6, 11, undefined, 7, 6, 8, 9, undefined, undefined, 1, 5, 8, 1, 5, undefined, 3, 2, 3, 3, 6, 7, undefined, undefined, undefined, 9, 4, 1, undefined, undefined, undefined, undefined, 7, 2, 6, 4, 3, 4, undefined, undefined, 9, undefined, 1, undefined, undefined, undefined, 5, 6, 1, undefined, 7, 2, undefined, 1, 4, 6, undefined, 12, 9, 3, undefined, 7, undefined, 3, 8, undefined, undefined, 9, 3, 3, 2, undefined, 4, 8, undefined, 1, 8, 8, 1, 1, undefined, 2, undefined, 3, 4, undefined, 6, undefined, undefined, 2, 5, 2, undefined, 6, undefined, 6, 6, undefined, 6, 3, undefined, undefined, undefined, 9, undefined, undefined, 1, 10, 2, undefined, 7, 3, 4, undefined, 2, 6, 6, undefined, 2, undefined, 2, undefined, 9, undefined, 4, 7, undefined, 10, undefined, 8, 1, 3, 2, 1, 6, 7, undefined, 9, 4, 7, 6, undefined, 5, undefined, undefined, undefined, 4
];
