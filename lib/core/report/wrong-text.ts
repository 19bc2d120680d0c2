import type { Evaluation, ForbiddenKey, InvalidTag } from "../evaluation.ts";
import { shown, shownWord } from "../shown.ts";

/** What is lacking: a missing key by itself, and lists of keys of which one would do. */
export function lackingOf({ missing, anyOf = [] }: Pick<Evaluation, "missing" | "anyOf">): (readonly string[])[] {
  const others = new Set(anyOf.flat());
  return [...missing.filter((key) => !others.has(key)).map((key) => [key]), ...anyOf];
}

/** A tag whose value isn't allowed, and why: `env="qa" must be "prod"`, `Env="qa" (for env) must be "prod"`. */
export function invalidText({ key, value, reason, found }: InvalidTag): string {
  return found === undefined ? `${key}=${shown(value)} ${reason}` : `${found}=${shown(value)} (for ${key}) ${reason}`;
}

/** A key that may not be there, and why: `password is forbidden`. What its tag holds nobody knows here. */
export function forbiddenText({ key, reason }: ForbiddenKey): string {
  return `${shownWord(key)} ${reason}`;
}
