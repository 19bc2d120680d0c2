import { InputError } from "../../lib/core/errors.ts";

/** `--tag` of `tags list`: `k` = any value, `k=` = the empty value, `k=v` = this value. */
export function parseTagFilter(text: string): { readonly key: string; readonly value?: string } {
  const at = text.indexOf("=");
  return at < 0 ? { key: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** `--tag k=v` of `tags set`; a key named twice is an error, since only one value could stay. */
export function parseTagsToSet(texts: readonly string[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const text of texts) {
    const { key, value } = parseTagFilter(text);
    if (value === undefined) throw new InputError(`--tag ${text}: has no value; write --tag ${text}=VALUE`);
    if (tags.has(key)) throw new InputError(`--tag ${text}: the key "${key}" is given twice; keep one`);
    tags.set(key, value);
  }
  return tags;
}

/** `--tag k` of `tags unset`: keys only. */
export function parseKeysToUnset(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    if (text.includes("=")) throw new InputError(`--tag ${text}: unset takes a key alone; write --tag KEY`);
  }
  return [...new Set(texts)];
}
