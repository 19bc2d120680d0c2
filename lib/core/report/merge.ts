/**
 * How values of one shape become one; associative and commutative, and any number of them are merged at once: one after
 * the other, each would be copied again for all that follow. An absent one counts as empty, so that what an earlier
 * version wrote without this field merges as well, and merging nothing gives the empty value. Counts and lists are copied.
 */
export type Merge<Value> = (...values: readonly (Value | undefined)[]) => Value;

/** Numbers add. */
export const sum: Merge<number> = (...numbers) => numbers.reduce<number>((total, more = 0) => total + more, 0);

/** The highest counts. */
export const highest: Merge<number> = (...numbers) => numbers.reduce<number>((most, one = 0) => Math.max(most, one), 0);

/** Texts of any of them, each once, in UTF-16 order. */
export const union: Merge<readonly string[]> = (...lists) => [...new Set(lists.flatMap((list = []) => list))].sort();

/** All entries in the order of a text that says all of an entry; equal ones stay as many as they are. */
export function sortedBy<Entry>(textOf: (entry: Entry) => string): Merge<readonly Entry[]> {
  return (...lists) =>
    lists
      .flatMap((list = []) => list)
      .map((entry) => ({ entry, text: textOf(entry) }))
      .sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0))
      .map(({ entry }) => entry);
}

/** An object of these fields, in this order, each merged in its own way. */
export function fields<Value extends object>(merges: {
  readonly [Field in keyof Value]-?: Merge<Exclude<Value[Field], undefined>>;
}): Merge<Value> {
  type Field = keyof Value & string;
  const names = Object.keys(merges) as Field[];
  const each = (values: readonly (Value | undefined)[], name: Field) =>
    values.map((value) => value?.[name] as Exclude<Value[Field], undefined> | undefined);
  return (...values) => Object.fromEntries(names.map((name) => [name, merges[name](...each(values, name))])) as Value;
}

/** An object of these counts, in this order. */
export function counts<Name extends string>(...names: readonly Name[]): Merge<Readonly<Record<Name, number>>> {
  return (...values) =>
    Object.fromEntries(names.map((name) => [name, sum(...values.map((value) => value?.[name]))])) as Record<
      Name,
      number
    >;
}

/**
 * An object of any keys, whose values are merged key by key: in UTF-16 order, so that the order of merging leaves no
 * trace, and through a Map, so that a key `__proto__` is one like any other.
 */
export function eachKey<Value>(merge: Merge<Value>): Merge<Readonly<Record<string, Value>>> {
  return (...objects) => {
    const byKey = new Map<string, Value[]>();
    for (const [key, value] of objects.flatMap((object = {}) => Object.entries(object))) {
      const values = byKey.get(key);
      if (values === undefined) byKey.set(key, [value]);
      else values.push(value);
    }
    const keys = [...byKey.keys()].sort();
    return Object.fromEntries(keys.map((key) => [key, merge(...(byKey.get(key) ?? []))]));
  };
}

/** Collects values that become one. */
export interface Merger<Value> {
  add(value: Value): void;
  merged(): Value;
}

/** How many values are merged at once, and held until they are. */
const AT_ONCE = 256;

/**
 * Merges values as they come, in a tree: each is copied as often as the tree has storeys, and at most `AT_ONCE` wait on
 * each of them, so neither time nor memory is that of all values times their number.
 */
export function mergeInTree<Value>(merge: Merge<Value>): Merger<Value> {
  const storeys: Value[][] = [];
  const addAt = (storey: number, value: Value): void => {
    const waiting = (storeys[storey] ??= []);
    waiting.push(value);
    if (waiting.length < AT_ONCE) return;
    storeys[storey] = [];
    addAt(storey + 1, merge(...waiting));
  };
  return {
    add: (value) => addAt(0, value),
    merged: () => merge(...storeys.flat()),
  };
}
