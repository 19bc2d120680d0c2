/**
 * The spelling that two keys share when one is a near miss of the other: lower case, without `- _ . : /`, the hyphens that
 * look like the first of these, white space of any kind and what has no width.
 */
export function spelling(key: string): string {
  return key.toLowerCase().replaceAll(/[-\u2010\u2011_.:/\p{White_Space}\p{Cf}]/gu, "");
}

/** How many spellings are remembered: fleets carry few keys, but nothing may grow without end. */
const REMEMBERED = 10_000;

/** Finds near misses of some required keys among the keys that a resource carries. */
export interface NearMissFinder {
  /**
   * By the code of a key's first character: the bits of the required keys that such a key may be a near miss of, which
   * tells most keys apart at a fraction of a lookup's cost. A required key's bit is its place in the list, modulo 32.
   * Codes beyond the end may be near misses of all.
   */
  readonly byFirstCharacter: Int32Array;
  /** The required key (by its place in the list) that this other key is a near miss of, or -1. */
  readonly find: (key: string) => number;
}

/** `required`: distinct keys. A key that is itself required is never a near miss. */
export function nearMissFinder(required: readonly string[]): NearMissFinder {
  const bySpelling = new Map(required.map((key, index) => [spelling(key), index] as const).reverse());
  const exact = new Set(required);
  const known = new Map<string, number>();
  return {
    byFirstCharacter: masksByFirstCharacter(required.map(spelling)),
    find(key) {
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

/**
 * By ASCII character: the bits of the required keys that a key which starts with it could be spelled like. Letters and
 * digits stay in the spelling; what else a key starts with may be dropped from it, so that it says nothing.
 */
function masksByFirstCharacter(spellings: readonly string[]): Int32Array {
  return Int32Array.from({ length: 128 }, (_, code) => {
    const first = String.fromCharCode(code).toLowerCase();
    if (!/[a-z0-9]/.test(first)) return -1;
    return spellings.reduce((mask, each, index) => (each.startsWith(first) ? mask | (1 << (index & 31)) : mask), 0);
  });
}
