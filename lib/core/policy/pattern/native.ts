import { codeSource, rangesSource } from "./parse-class.ts";
import { complement, type CharSet } from "./char-set.ts";
import type { PatternNode } from "./syntax-tree.ts";

/** The source of a native regular expression (flag `u`) for this pattern, without anchors. */
export function nativeSource(node: PatternNode): string {
  switch (node.kind) {
    case "empty":
      return "";
    case "set":
      return node.native ?? setSource(node.set);
    case "concat":
      return node.items.map((item) => (item.kind === "alternate" ? grouped(item) : nativeSource(item))).join("");
    case "alternate":
      return node.items.map(nativeSource).join("|");
    case "repeat":
      return `${repeatable(node.item)}${quantifier(node.min, node.max)}`;
    case "assert":
      return node.native;
  }
}

function grouped(node: PatternNode): string {
  return `(?:${nativeSource(node)})`;
}

function repeatable(node: PatternNode): string {
  return node.kind === "set" ? nativeSource(node) : grouped(node);
}

function quantifier(min: number, max: number | undefined): string {
  if (max === undefined && min < 2) return min === 0 ? "*" : "+";
  if (max === 1 && min === 0) return "?";
  if (max === min) return `{${min}}`;
  return `{${min},${max ?? ""}}`;
}

function setSource(set: CharSet): string {
  const [only] = set;
  if (only !== undefined && set.length === 1 && only[0] === only[1]) return codeSource(only[0]);
  const rest = complement(set);
  return rest.length < set.length ? `[^${rangesSource(rest)}]` : `[${rangesSource(set)}]`;
}
