import { asObject } from "../../core/json.ts";
import { textOf } from "./value.ts";

/** A dotted path, taken apart once; `|` separates alternatives, of which the first that leads somewhere counts. */
export type Path = readonly (readonly string[])[];

/** XML-shaped records write a list as `items: […]`, `item: […]` or, of one, `item: {…}`. */
const LIST_NAMES: ReadonlyMap<string, string> = new Map([
  ["items", "item"],
  ["item", "items"],
]);

export function compilePath(path: string): Path {
  return path.split("|").map((alternative) => alternative.replaceAll("[]", "").split("."));
}

/** A field of the object that holds a text, and the value with which that text doesn't count. */
export interface Unless {
  readonly field: string;
  readonly is: string;
}

/** The texts that the path leads to, each once. Numbers count as text; lists on the way are followed. */
export function textsAt(root: unknown, path: Path, unless?: Unless): string[] {
  for (const segments of path) {
    const found: string[] = [];
    collect(root, segments, 0, { found, unless });
    if (found.length > 0) return found.length === 1 ? found : [...new Set(found)];
  }
  return [];
}

/** The value that the path leads to, without following lists. */
export function valueAt(root: unknown, path: Path): unknown {
  for (const segments of path) {
    let value = root;
    for (const segment of segments) value = asObject(value)?.[segment];
    if (value !== undefined) return value;
  }
  return undefined;
}

interface Search {
  readonly found: string[];
  readonly unless: Unless | undefined;
}

function collect(value: unknown, segments: readonly string[], index: number, search: Search): void {
  if (Array.isArray(value)) {
    // A list in a list is none of the shapes that clouds send; not following it bounds the depth.
    for (const element of value) if (!Array.isArray(element)) collect(element, segments, index, search);
    return;
  }
  const { found, unless } = search;
  const segment = segments[index];
  if (segment === undefined) {
    const text = textOf(value);
    if (text !== undefined) found.push(text);
    return;
  }
  const object = asObject(value);
  if (object === undefined) return;
  if (unless !== undefined && index === segments.length - 1 && object[unless.field] === unless.is) return;
  const next = object[segment] ?? object[LIST_NAMES.get(segment) ?? segment];
  if (next !== undefined) collect(next, segments, index + 1, search);
}
