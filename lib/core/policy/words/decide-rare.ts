import type { Evaluation, TagDecision } from "../../evaluation.ts";
import { NO_TAGS, type Resource } from "../../resource.ts";
import { decideKey, leave, wrongKeys, type Deciding } from "../decide.ts";
import { aliasesIn } from "./aliases.ts";
import { unmetGroups } from "./any-of.ts";
import type { RarelyAsked } from "./inspect.ts";
import { wrongWith } from "./rare-key.ts";

/** First what is required by itself; then, of each list of which no key is right or gets written, the first that can be. */
export function decideRare(
  resource: Resource,
  evaluation: Evaluation,
  { alone, groups, writes }: RarelyAsked,
  { limits, at }: Pick<Deciding, "limits" | "at">,
): TagDecision[] {
  const { tags = NO_TAGS } = resource;
  const wanted = wrongKeys(evaluation);
  const requiredOf = (key: string) => writes.find((one) => one.key === key);
  const standIns = (key: string): readonly string[] => {
    const aliases = tags.has(key) ? undefined : requiredOf(key)?.aliases;
    return aliases === undefined ? [] : aliasesIn(tags, aliases);
  };
  const decided = new Map<string, TagDecision>();
  const isWritten = (key: string): boolean => decided.get(key)?.action === "write";
  const decideNow = (key: string): void => {
    const required = decided.has(key) ? undefined : requiredOf(key);
    if (required !== undefined) decided.set(key, decideKey(required, { resource, evaluation, limits, at, standIns }));
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
  return writes.flatMap(({ key }) => (wanted.has(key) ? [decided.get(key) ?? anyOther(key)] : []));
}
