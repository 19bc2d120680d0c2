import stringWidth from "fast-string-width";

/** What is one column wide each, and most of what is printed. */
const NARROW = /^[\x20-\x7e]*$/;
const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Behind these a name may go on in the next line. */
const ENDS_PART = /[/:,;=|&?._-]/;

/** How many columns a terminal needs for this text. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The text with spaces behind it, or before it, up to a width. */
export function padded(text: string, width: number, side: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? text + spaces : spaces + text;
}

/** What people see as one character. */
function charactersOf(text: string): readonly string[] {
  return NARROW.test(text) ? text.split("") : Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

/**
 * The text in lines of at most this width, broken at spaces, else between the parts of a name, else anywhere between two
 * characters. Of more than `most` lines the last one says how many characters are left out.
 */
export function wrapped(text: string, width: number, most = Infinity): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const characters = charactersOf(text);
  const lines: string[] = [];
  let start = 0;
  while (start < characters.length) {
    if (lines.length === most - 1 && widthOf(characters.slice(start).join("")) > width) {
      lines.push(`… ${(characters.length - start).toLocaleString("en-US")} more`);
      break;
    }
    const end = endOfLine(characters, start, width);
    lines.push(characters.slice(start, end).join("").trimEnd());
    start = end;
    while (characters[start] === " ") start += 1;
  }
  return lines;
}

/** Where the line that begins at `start` ends; behind at least one character. */
function endOfLine(characters: readonly string[], start: number, width: number): number {
  let used = 0;
  let space = start;
  let part = start;
  for (let at = start; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    used += widthOf(character);
    if (character === " ") space = at + 1;
    if (used > width) {
      if (character === " ") return at;
      if (space > start) return space;
      return part > start ? part : Math.max(at, start + 1);
    }
    if (ENDS_PART.test(character)) part = at + 1;
  }
  return characters.length;
}

/** The text in one line of at most this width, with a sign where something is left out. */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let left = width - 1;
  for (const character of charactersOf(text)) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
