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
  const firsts = byFirstCharacter(required);
  const known = new Map<string, number>();
  return {
    find(key) {
      const candidates = firsts[key.charCodeAt(0)];
      if (candidates !== undefined) {
        // Most keys are told apart by their first character, or are required ones, at a fraction of a lookup's cost.
        if (candidates.length === 0) return -1;
        for (const candidate of candidates) if (candidate === key) return -1;
      }
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

/** By ASCII letter or digit: the required keys that a near miss with this first character could be one of. */
function byFirstCharacter(required: readonly string[]): readonly (readonly string[] | undefined)[] {
  return Array.from({ length: 128 }, (_, code) => {
    const first = String.fromCharCode(code).toLowerCase();
    if (!/[a-z0-9]/.test(first)) return undefined;
    return required.filter((key) => /^[^a-z0-9]/.test(spelling(key)) || spelling(key).startsWith(first));
  });
}
