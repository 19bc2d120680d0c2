import type { Evaluation, TagDecision } from "../../evaluation.ts";
import { NO_TAGS, type Resource } from "../../resource.ts";
import { decideKey, leave, wrongKeys, type Deciding } from "../decide.ts";
import { aliasesIn } from "./aliases.ts";
import { unmetGroups } from "./any-of.ts";
import { forbiddenAmong, withoutForbidden } from "./forbid.ts";
import type { RarelyAsked } from "./inspect.ts";
import { wrongWith } from "./rare-key.ts";

const FORBIDDEN = "a policy forbids the key: it is never written, and what is there is never taken off";

/** First what is required by itself; then, of each list of which no key is right or gets written, the first that can be. */
export function decideRare(
  whole: Resource,
  evaluation: Evaluation,
  { alone, groups, writes, forbiddenBy }: RarelyAsked,
  { limits, at }: Pick<Deciding, "limits" | "at">,
): TagDecision[] {
  // What a forbidden key holds is copied nowhere.
  const { tags: all = NO_TAGS } = whole;
  const tags = withoutForbidden(all, forbiddenAmong(all, forbiddenBy));
  const resource = { ...whole, tags };
  const wanted = wrongKeys(evaluation);
  const requiredOf = (key: string) => writes.find((one) => one.key === key);
  const standIns = (key: string): readonly string[] => {
    const aliases = tags.has(key) ? undefined : requiredOf(key)?.aliases;
    return aliases === undefined ? [] : aliasesIn(tags, aliases);
  };
  const decided = new Map<string, TagDecision>();
  const isWritten = (key: string): boolean => decided.get(key)?.action === "write";
  const decideNow = (key: string): void => {
    if (decided.has(key)) return;
    const required = requiredOf(key);
    if (forbiddenBy !== undefined && forbiddenBy(key).length > 0) decided.set(key, leave(key, "forbidden", FORBIDDEN));
    else if (required !== undefined)
      decided.set(key, decideKey(required, { resource, evaluation, limits, at, standIns }));
  };
  for (const required of alone) {
    if (wanted.has(required.key) && wrongWith(required, tags, at) !== undefined) decideNow(required.key);
  }
  for (const { wrong } of unmetGroups(tags, groups, at)) {
    const members = wrong.map(({ key }) => key).filter((key) => wanted.has(key));
    if (members.some(isWritten)) continue;
    members.some((key) => {
      decideNow(key);
      return isWritten(key);
    });
  }
  const anyOther = (key: string): TagDecision => leave(key, "any-of", "another key that is as good is written");
  const decisions = writes.flatMap(({ key }) => (wanted.has(key) ? [decided.get(key) ?? anyOther(key)] : []));
  const there = evaluation.forbidden?.filter(({ key }) => !wanted.has(key)) ?? [];
  return [...decisions, ...there.map(({ key }) => leave(key, "forbidden", FORBIDDEN))];
}
