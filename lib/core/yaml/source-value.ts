import type { Position } from "./problems.ts";
import type { SourceNode } from "./source-tree.ts";

/** Where in a tree: keys and places in lists. */
export type Path = readonly (string | number)[];

/** zod builds records by assignment, and assigning to `__proto__` adds no key: it travels under another name. */
const PROTO = "__proto__";
const PROTO_ALIAS = "\u0000proto";

/** How a step of a path is written in its file. */
export function writtenStep(step: string | number): string | number {
  return step === PROTO_ALIAS ? PROTO : step;
}

/** The plain value of a tree, as zod takes it. Keys of records come back through `recordEntries`. */
export function plainValue(node: SourceNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainValue);
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([key, { value }]) => [key === PROTO ? PROTO_ALIAS : key, plainValue(value)]),
      );
  }
}

/** The entries of a record whose keys people choose. */
export function recordEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).map(([key, value]) => [String(writtenStep(key)), value]);
}

/** The node at a path, or undefined where the tree has none. */
export function nodeAt(root: SourceNode, path: Path): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "list") node = node.items[Number(step)];
    else if (node?.kind === "map") node = entryOf(node, step)?.value;
    else return undefined;
  }
  return node;
}

/** Where the part at this path stands; where there is none, its nearest part around. */
export function positionOf(root: SourceNode, path: Path): Position {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node.position;
  }
  return root.position;
}

/** Where the key of the part at this path stands. */
export function keyPositionOf(root: SourceNode, path: Path): Position {
  const parent = nodeAt(root, path.slice(0, -1));
  const step = path.at(-1);
  const entry = parent?.kind === "map" && step !== undefined ? entryOf(parent, step) : undefined;
  return entry?.keyPosition ?? positionOf(root, path);
}

function entryOf(map: SourceNode & { kind: "map" }, step: string | number) {
  return map.entries.get(String(writtenStep(step)));
}
