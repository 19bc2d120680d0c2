import { compareText } from "../../compare-text.ts";
import type { Tags } from "../../resource.ts";
import type { CompiledRequiredTag } from "../compiled.ts";
import { isBlank } from "../constraint.ts";

/** Keys that stand for a required one where that itself is absent. */
export interface Aliases {
  readonly keys: readonly string[];
  /** The required key in lower case, where any capitalisation of it stands for it. */
  readonly folded: string | undefined;
}

/** All that stand for a key by what some policies say of it; undefined where no other key does. */
export function aliasesOf(tags: readonly CompiledRequiredTag[]): Aliases | undefined {
  const keys = [...new Set(tags.flatMap(({ aliases = [] }) => aliases))];
  const folded = tags.find(({ ignoreKeyCase }) => ignoreKeyCase === true)?.key.toLowerCase();
  return keys.length === 0 && folded === undefined ? undefined : { keys, folded };
}

/** Those of these tags' keys that stand for the required one: named ones in their order, then other capitalisations. */
export function aliasesIn(tags: Tags, { keys, folded }: Aliases): string[] {
  const named = keys.filter((key) => tags.has(key));
  if (folded === undefined) return named;
  const spelt: string[] = [];
  for (const key of tags.keys()) if (isFolded(key, folded) && !named.includes(key)) spelt.push(key);
  return [...named, ...spelt.sort(compareText)];
}

/** Most keys differ in length already, which costs nothing to ask; beyond ASCII, lower case may be longer. */
function isFolded(key: string, folded: string): boolean {
  if (key.length !== folded.length && !/[^\0-\x7f]/.test(key)) return false;
  return key.toLowerCase() === folded;
}

/**
 * The key that stands for an absent one: the first whose value is right, else the first that has any; undefined where
 * there is none.
 */
export function standIn(tags: Tags, aliases: Aliases, isRight: (value: string) => boolean): string | undefined {
  const there = aliasesIn(tags, aliases);
  const valueOf = (alias: string): string => tags.get(alias) ?? "";
  return there.find((alias) => isRight(valueOf(alias))) ?? there.find((alias) => !isBlank(valueOf(alias))) ?? there[0];
}
