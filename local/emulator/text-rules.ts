import type { TextRules } from "./limits.ts";

/** What is wrong with a key or a value. */
export type TextFault = "too-short" | "too-long" | "characters" | "reserved";

/** Whether a key is the cloud's own: who writes tags can neither write it nor take it off, and it counts for nothing. */
export function isReserved(key: string, { reservedPrefixes, thisSpellingOnly = false }: TextRules): boolean {
  const compared = thisSpellingOnly ? key : key.toLowerCase();
  return reservedPrefixes.some((prefix) => compared.startsWith(prefix));
}

export function textFault(text: string, rules: TextRules): TextFault | undefined {
  const characters = Array.from(text);
  if (characters.length < rules.minLength) return "too-short";
  if (characters.length > rules.maxLength) return "too-long";
  if (isReserved(text, rules)) return "reserved";
  const lower = text.toLowerCase();
  if (rules.reservedParts.some((part) => lower.includes(part))) return "reserved";
  const { first, last, characters: allowed } = rules;
  if (first !== undefined && characters.length > 0 && !first.test(characters[0] ?? "")) return "characters";
  if (last !== undefined && characters.length > 0 && !last.test(characters.at(-1) ?? "")) return "characters";
  if (allowed !== undefined && !characters.every((character) => allowed.test(character))) return "characters";
  return undefined;
}
