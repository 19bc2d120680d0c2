import type { CompiledPolicy } from "./compiled.ts";

/**
 * Names what a policy asks about each key that it requires: of which resources, and of which values. The same under
 * another name of the policy; another one where it matches or takes something else. It ends with the key, so that
 * it can be told later what was asked about, when no policy asks it any more.
 */
export function requirementIds({
  match,
  require,
}: Pick<CompiledPolicy, "match" | "require">): ReadonlyMap<string, string> {
  const of = JSON.stringify(match);
  return new Map(
    require.map(({ key, constraints, allowBlank }) => [
      key,
      `${hashOf(JSON.stringify([of, key, constraints, allowBlank]))}:${key}`,
    ]),
  );
}

/** The key that a requirement is about; undefined where its id doesn't say. */
export function keyAskedBy(id: string): string | undefined {
  return WITH_KEY.exec(id)?.[1];
}

const WITH_KEY = /^[\da-f]{16}:(.*)$/su;

/** What all of these policies ask, each once, sorted. */
export function allRequirements(policies: readonly Pick<CompiledPolicy, "match" | "require">[]): string[] {
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
