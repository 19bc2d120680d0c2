import type { CompiledPolicy, CompiledRequiredTag } from "./compiled.ts";

/**
 * Names what a policy asks about each key that it requires: of which resources, and of which values. The same under
 * another name of the policy; another one where it matches or takes something else. It ends with the key, so that
 * it can be told later what was asked about, when no policy asks it any more.
 */
export function requirementIds({ match, require, anyOf = [], forbid, keys }: Asking): ReadonlyMap<string, string> {
  const of = JSON.stringify(match);
  const idOf = ({ key, constraints, allowBlank, aliases, ignoreKeyCase }: CompiledRequiredTag, others?: string[]) => {
    // What isn't said is left out, so that what was asked before there was such a word keeps its name.
    const more = Object.entries({ aliases, ignoreKeyCase, anyOf: others }).filter(([, said]) => said !== undefined);
    const asked = [of, key, constraints, allowBlank, ...(more.length === 0 ? [] : [Object.fromEntries(more)])];
    return [key, `${hashOf(JSON.stringify(asked))}:${key}`] as const;
  };
  const isAboutKeys = forbid !== undefined || keys !== undefined;
  return new Map([
    ...require.map((tag) => idOf(tag)),
    ...anyOf.flatMap((group) =>
      group.map((tag) =>
        idOf(
          tag,
          group.map(({ key }) => key),
        ),
      ),
    ),
    ...(isAboutKeys ? [[EVERY_KEY, `${hashOf(JSON.stringify([of, forbid, keys]))}:${EVERY_KEY}`] as const] : []),
  ]);
}

type Asking = Pick<CompiledPolicy, "match" | "require" | "anyOf" | "forbid" | "keys">;

/** No key of a tag: stands for all, where a policy says which may be there at all. */
const EVERY_KEY = "\0";

/** What a policy asks about a key, by what it asks; undefined where that is nothing. */
export function requirementOf(ids: ReadonlyMap<string, string>, key: string): string | undefined {
  const ofAll = ids.get(EVERY_KEY);
  return ids.get(key) ?? (ofAll === undefined ? undefined : `${ofAll}${key}`);
}

/** What was asked, of which this is about one key: of a forbidden key, that which is asked of all. */
export function askedAs(id: string): string {
  const end = id.indexOf(EVERY_KEY);
  return end < 0 ? id : id.slice(0, end + EVERY_KEY.length);
}

/** The key that a requirement is about, or what stands for all; undefined where its id doesn't say. */
export function keyAskedBy(id: string): string | undefined {
  return WITH_KEY.exec(askedAs(id))?.[1];
}

const WITH_KEY = /^[\da-f]{16}:(.*)$/su;

/** What all of these policies ask, each once, sorted. */
export function allRequirements(policies: readonly Asking[]): string[] {
  return [...new Set(policies.flatMap((policy) => [...requirementIds(policy).values()]))].sort();
}

/** Twice FNV-1a, from either end: a list of thousands of values is kept in sixteen letters. */
function hashOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x811c9dc5];
  for (let at = 0; at < text.length; at += 1) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193);
    other = Math.imul(other ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return [one, other].map((hash) => (hash >>> 0).toString(16).padStart(8, "0")).join("");
}
