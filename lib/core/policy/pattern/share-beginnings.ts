import type { PatternNode } from "./syntax-tree.ts";

/**
 * The same pattern with the alternatives that begin with the same character sharing it: `w1|w2|x` is read as `w(?:1|2)|x`.
 * A matcher then goes one way where it had to try one for each alternative, and a long list is no more to it than a word.
 */
export function shareBeginnings(node: PatternNode): PatternNode {
  switch (node.kind) {
    case "empty":
    case "set":
    case "assert":
      return node;
    case "concat":
      return { kind: "concat", items: node.items.map(shareBeginnings) };
    case "repeat":
      return { ...node, item: shareBeginnings(node.item) };
    case "alternate":
      return alternatives(node.items.map((item) => itemsOf(shareBeginnings(item))));
  }
}

type Sequence = readonly PatternNode[];

function itemsOf(node: PatternNode): Sequence {
  if (node.kind === "empty") return [];
  return node.kind === "concat" ? node.items.flatMap(itemsOf) : [node];
}

/** Which alternative comes first doesn't matter: values match as a whole, or not. */
function alternatives(sequences: readonly Sequence[]): PatternNode {
  const groups = Map.groupBy(sequences, ([first], index) =>
    first === undefined ? "" : first.kind === "set" ? `set ${first.set.join(";")}` : `other ${index}`,
  );
  const items = [...groups.values()].map((group): PatternNode => {
    const [sequence = []] = group;
    const [first] = sequence;
    if (first?.kind !== "set" || group.length === 1) return sequenceOf(sequence);
    return sequenceOf([first, ...itemsOf(alternatives(group.map((one) => one.slice(1))))]);
  });
  const [only] = items;
  return only !== undefined && items.length === 1 ? only : { kind: "alternate", items };
}

function sequenceOf(items: Sequence): PatternNode {
  const [only] = items;
  if (only === undefined) return { kind: "empty" };
  return items.length === 1 ? only : { kind: "concat", items };
}
