import type { Cursor } from "./cursor.ts";
import { LAST } from "./char-set.ts";
import { PatternError } from "./syntax-tree.ts";

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** The character that an escape stands for; the cursor stands behind the backslash. */
export function parseCharEscape(cursor: Cursor): number {
  const octal = cursor.match(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y);
  if (octal !== undefined) return Number.parseInt(octal[0], 8);
  const hexadecimal = cursor.match(/x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/y);
  if (hexadecimal !== undefined) return checkedCode(Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? "", 16));
  const character = cursor.next();
  const control = CONTROL[character];
  if (control !== undefined) return control;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80 && !/[0-9A-Za-z]/.test(character)) return code;
  throw new PatternError(`has an escape \\${character} that has no native counterpart`);
}

function checkedCode(code: number): number {
  if (code > LAST) throw new PatternError("names a character beyond U+10FFFF");
  return code;
}
