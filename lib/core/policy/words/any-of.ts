import type { InvalidTag } from "../../evaluation.ts";
import type { Tags } from "../../resource.ts";
import { wrongWith, type RequiredGroup } from "./rare-key.ts";

/** A key, and what is wrong with it. */
export interface WrongKey {
  readonly key: string;
  readonly how: "missing" | InvalidTag;
}

/** A list of keys of which one is wanted, and none is there and right. */
export interface UnmetGroup {
  readonly policy: string;
  readonly wrong: readonly WrongKey[];
}

const NONE: readonly UnmetGroup[] = [];

/** Those lists of which no key is there and right, in file order. */
export function unmetGroups(tags: Tags, groups: readonly RequiredGroup[], at: number): readonly UnmetGroup[] {
  if (groups.length === 0) return NONE;
  return groups.flatMap(({ policy, members }) => {
    const wrong = wrongOf(members, tags, at);
    return wrong === undefined ? [] : [{ policy, wrong }];
  });
}

/** Undefined where one of them is right. */
function wrongOf(members: RequiredGroup["members"], tags: Tags, at: number): WrongKey[] | undefined {
  const wrong: WrongKey[] = [];
  for (const member of members) {
    const how = wrongWith(member, tags, at);
    if (how === undefined) return undefined;
    wrong.push({ key: member.key, how });
  }
  return wrong;
}

/**
 * The lists of which one key would be enough, each once. Where one of them is required by itself as well, another one
 * wouldn't do.
 */
export function choicesAmong(
  unmet: readonly UnmetGroup[],
  alone: readonly { readonly key: string }[],
): readonly (readonly string[])[] {
  const isChoice = ({ wrong }: UnmetGroup): boolean => !wrong.some(({ key }) => alone.some((one) => one.key === key));
  const lists = unmet.filter(isChoice).map(({ wrong }) => wrong.map(({ key }) => key));
  return [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()];
}
