/**
 * Foreign text on one line: line breaks, control characters and marks that turn the direction of writing become
 * spaces, and what is longer is cut off.
 */
export function plain(text: string, most: number): string {
  const line = text
    .slice(0, 4 * most)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return clipped(line, most);
}

/** At most this many UTF-16 units, never half a character, with `…` where something was cut off. */
export function clipped(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\uFFFD$/u, "")}…`;
}
