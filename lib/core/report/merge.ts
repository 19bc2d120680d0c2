/**
 * How two values of one shape become one; associative and commutative. An absent one counts as empty, so that what an
 * earlier version wrote without this field merges as well, and merging nothing with nothing gives the empty value.
 * Counts and lists are copied.
 */
export type Merge<Value> = (a?: Value, b?: Value) => Value;

/** Numbers add. */
export const sum: Merge<number> = (a = 0, b = 0) => a + b;

/** Texts of either, each once, in UTF-16 order. */
export const union: Merge<readonly string[]> = (a = [], b = []) => [...new Set([...a, ...b])].sort();

/** The entries of both in the order of a text that says all of an entry; equal ones stay as many as they are. */
export function sortedBy<Entry>(textOf: (entry: Entry) => string): Merge<readonly Entry[]> {
  return (a = [], b = []) =>
    [...a, ...b]
      .map((entry) => ({ entry, text: textOf(entry) }))
      .sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0))
      .map(({ entry }) => entry);
}

/** An object of these fields, in this order, each merged in its own way. */
export function fields<Value extends object>(merges: {
  readonly [Field in keyof Value]-?: Merge<Value[Field]>;
}): Merge<Value> {
  const names = Object.keys(merges) as (keyof Value & string)[];
  return (a, b) => Object.fromEntries(names.map((name) => [name, merges[name](a?.[name], b?.[name])])) as Value;
}

/** An object of these counts, in this order. */
export function counts<Name extends string>(...names: readonly Name[]): Merge<Readonly<Record<Name, number>>> {
  return (a, b) => Object.fromEntries(names.map((name) => [name, sum(a?.[name], b?.[name])])) as Record<Name, number>;
}

/**
 * An object of any keys, whose values are merged key by key: in UTF-16 order, so that the order of merging leaves no
 * trace, and through a Map, so that a key `__proto__` is one like any other.
 */
export function eachKey<Value>(merge: Merge<Value>): Merge<Readonly<Record<string, Value>>> {
  return (a = {}, b = {}) => {
    const [ofA, ofB] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    const keys = [...new Set([...ofA.keys(), ...ofB.keys()])].sort();
    return Object.fromEntries(keys.map((key) => [key, merge(ofA.get(key), ofB.get(key))]));
  };
}
