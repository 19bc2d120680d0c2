/** What stands for itself alone, and is most of what is shown: what can be printed in ASCII, spaces apart from each other. */
const PLAIN = /^(?: ?[!#-[\]-~])+ ?$/;
/** So plain that it needs no quotes: without a space, and without the sign between a key and its value. */
const WORD = /^[!#-<>-[\]-~]+$/;

/**
 * What can't be seen, or is taken for a space or for nothing: controls, formats, halves of a pair, what no font has, the
 * spaces beside the ordinary one, marks that only vary what stands before them, the blank of Braille, and the two hyphens
 * that look like `-`. https://www.unicode.org/reports/tr36/#visual_spoofing
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u2010\u2011]|(?! )\p{Z}/gu;
/** All of a run of spaces but the first, since pages and chats show one. */
const MORE_SPACES = /(?<= ) /gu;

const WORDS = /[\p{L}\p{M}\p{N}\p{Cf}]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** The scripts whose letters look like Latin ones. */
const LIKE_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}]/gu;

/** What looks the same when it is composed: a mark behind its letter, and signs that are letters. */
const DECOMPOSED = /[\p{M}\u2126\u212a\u212b]/gu;

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * Text of strangers so that two that differ look different: what can't be seen is written as `\u{a0}`, and so are marks
 * that could be one with their letter, and Cyrillic and Greek letters within a word that has Latin ones too.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  const composed = text === text.normalize() ? text : text.replaceAll(DECOMPOSED, escaped);
  return composed
    .replaceAll(WORDS, (word) => (LATIN.test(word) ? word.replaceAll(LIKE_LATIN, escaped) : word))
    .replaceAll(UNSEEN, escaped)
    .replaceAll(MORE_SPACES, escaped);
}

/** The same of what can't be seen alone: for sentences and commands, in which a stranger's text is one part. */
export function withoutUnseen(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(UNSEEN, escaped);
}

/** A key or value as it is shown to people: visible, and in quotes, so that a space at its end is seen. */
export function shown(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return `"${visible(text.replaceAll(/["\\]/g, (mark) => `\\${mark}`))}"`;
}

/** A tag in a list of them: `env=prod`; what is no plain word is in quotes. */
export function shownTag(key: string, value: string): string {
  return `${shownWord(key)}=${shownWord(value)}`;
}

/** In quotes only where it is no plain word. */
export function shownWord(text: string): string {
  return WORD.test(text) ? text : shown(text);
}
