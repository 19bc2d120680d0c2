import { complement } from "./char-set.ts";
import type { PatternNode } from "./syntax-tree.ts";

/** Whether a pattern takes every value of one line that isn't empty; `false` may be a doubt. */
export function takesEverything(node: PatternNode): boolean {
  switch (node.kind) {
    case "repeat":
      return node.min <= 1 && node.max === undefined && isAnyCharacter(node.item);
    case "alternate":
      return node.items.some(takesEverything);
    case "concat": {
      const items = node.items.filter((item) => !isEnd(item));
      const whole = items.findIndex(takesEverything);
      return whole >= 0 && items.every((item, index) => index === whole || isOptional(item));
    }
    case "empty":
    case "set":
    case "assert":
      return false;
  }
}

/** Any but a line feed, which no tag has. */
function isAnyCharacter(node: PatternNode): boolean {
  return node.kind === "set" && complement(node.set).every(([low, high]) => low === 0x0a && high === 0x0a);
}

/** A pattern is anchored to the whole value anyway. */
function isEnd(node: PatternNode): boolean {
  return node.kind === "assert" && (node.native === "^" || node.native === "$");
}

function isOptional(node: PatternNode): boolean {
  return node.kind === "empty" || (node.kind === "repeat" && node.min === 0);
}
