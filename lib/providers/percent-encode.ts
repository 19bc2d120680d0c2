/** Most ids and names are left as they are, and asking that is cheaper than encoding them. */
const PLAIN = /^[\w.~-]*$/;
const LEFT_OUT = /[!'()*]/g;

/** RFC 3986: everything but letters, digits and `-_.~`, as all three signature schemes want it. */
export function percentEncode(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text).replaceAll(
    LEFT_OUT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
