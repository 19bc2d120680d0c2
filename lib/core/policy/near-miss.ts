/** The spelling that two keys share when one is a near miss of the other: lower case, without `- _ . : /` and spaces. */
export function spelling(key: string): string {
  return key.toLowerCase().replaceAll(/[-_.:/ ]/g, "");
}

/** How many spellings are remembered: fleets carry few keys, but nothing may grow without end. */
const REMEMBERED = 10_000;

/** Finds near misses of some required keys among the keys that a resource carries. */
export interface NearMissFinder {
  /** The required key (by its place in the list) that this other key is a near miss of, or -1. */
  find(key: string): number;
}

/** `required`: distinct keys. A key that is itself required is never a near miss. */
export function nearMissFinder(required: readonly string[]): NearMissFinder {
  const bySpelling = new Map(required.map((key, index) => [spelling(key), index] as const).reverse());
  const exact = new Set(required);
  // Most keys are told apart by their first character alone, at a fraction of a lookup's cost.
  const firsts = new Uint8Array(128);
  for (const spelt of bySpelling.keys()) markFirst(firsts, spelt);
  const known = new Map<string, number>();
  return {
    find(key) {
      const first = key.charCodeAt(0);
      if (first < 128 && firsts[first] === 0) return -1;
      let index = known.get(key);
      if (index === undefined) {
        index = exact.has(key) ? -1 : (bySpelling.get(spelling(key)) ?? -1);
        if (known.size >= REMEMBERED) known.clear();
        known.set(key, index);
      }
      return index;
    },
  };
}

function markFirst(firsts: Uint8Array, spelt: string): void {
  for (const dropped of "-_.:/ ") firsts[dropped.charCodeAt(0)] = 1;
  for (const first of [spelt.charAt(0), spelt.charAt(0).toUpperCase()]) {
    if (first !== "" && first.charCodeAt(0) < 128) firsts[first.charCodeAt(0)] = 1;
  }
}
