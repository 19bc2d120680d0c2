import type { PatternNode, Repeat } from "./syntax-tree.ts";

/** More repetitions than these, and nobody finds two of them by being told. */
const MOST_TRIED = 12;

/**
 * The repetitions, in the order of the text, without any of which the pattern would be good: each other one can be
 * there only once, and these still can't stand together. Empty where they can't be found so.
 */
export function culpritsOf(tree: PatternNode, isGood: (tree: PatternNode) => boolean): readonly Repeat[] {
  const endless = repeatsIn(tree).filter(({ max }) => max === undefined);
  if (endless.length > MOST_TRIED) return [];
  const innocent = new Set<Repeat>();
  // From behind, so that of many the first two are named.
  for (const repeat of endless.toReversed()) {
    innocent.add(repeat);
    if (isGood(without(tree, innocent))) innocent.delete(repeat);
  }
  return endless.filter((repeat) => !innocent.has(repeat));
}

function repeatsIn(node: PatternNode): Repeat[] {
  switch (node.kind) {
    case "concat":
    case "alternate":
      return node.items.flatMap(repeatsIn);
    case "repeat":
      return [node, ...repeatsIn(node.item)];
    case "empty":
    case "set":
    case "assert":
      return [];
  }
}

/** The pattern in which these repetitions read what they repeat once. */
function without(node: PatternNode, gone: ReadonlySet<Repeat>): PatternNode {
  switch (node.kind) {
    case "concat":
    case "alternate":
      return { ...node, items: node.items.map((item) => without(item, gone)) };
    case "repeat":
      return gone.has(node) ? without(node.item, gone) : { ...node, item: without(node.item, gone) };
    case "empty":
    case "set":
    case "assert":
      return node;
  }
}

/** What to write instead, in words, of repetitions that can't stand together in this text. */
export function advice(text: string, culprits: readonly Repeat[]): string | undefined {
  const [first, second] = culprits;
  if (first === undefined || second === undefined || culprits.length > 2) return undefined;
  const [one, other] = [writtenOf(text, first), writtenOf(text, second)];
  if (second.at[1] <= first.at[1]) {
    return `\`${one}\` repeats \`${other}\`, which repeats already: ${first.item === second ? `write \`${other}\` alone` : "repeat only one of the two"}`;
  }
  // A dot before a single character: nothing but that character has to be left out. Of a longer word its first may occur.
  const separator = /^([^\\[\](){}.*+?|^$])(?=$|[\\[\]().|^$])/u.exec(text.slice(first.at[1]))?.[1];
  const instead =
    one.startsWith(".") && separator !== undefined
      ? `write \`[^${separator}]${one.slice(1)}${separator}\` for \`${one}${separator}\``
      : "let only one of them read what both can, or say how often";
  return `\`${one}\` and the \`${other}\` behind it can read the same text: ${instead}`;
}

const writtenOf = (text: string, { at: [from, to] }: Repeat): string => text.slice(from, to);
