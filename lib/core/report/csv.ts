import { shown, visible } from "../shown.ts";
import { aboutsText } from "./about-text.ts";
import type { Finding } from "./finding.ts";
import { forbiddenText, invalidText, lackingOf } from "./wrong-text.ts";

/**
 * Spreadsheets take a cell that begins with one of these for a formula, some of them behind spaces too and in full width:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA_START = /^[\t\r\n]|^[\s\p{Cf}]*[=+\-@＝＋－＠]/u;
const NUMBER = /^\s*(?:\d+|\d*[.,]\d+)(?:e[+-]?\d+)?\s*$/iu;
/** Of so many digits spreadsheets show the power of ten. */
const LONG_NUMBER = 12;
const NEEDS_QUOTES = /[",;\r\n]/u;

/** The columns of the findings as CSV. */
const COLUMNS: readonly (readonly [heading: string, cell: (finding: Finding) => string])[] = [
  ["compliance", ({ compliance }) => compliance],
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id],
  ["owner", ({ owner }) => owner ?? ""],
  [
    "missing",
    (finding) =>
      lackingOf(finding)
        .map((keys) => keys.join(" or "))
        .join("; "),
  ],
  ["invalid", ({ invalid }) => invalid.map(invalidText).join("; ")],
  ["other spellings", ({ nearMisses }) => nearMisses.map(({ key, found }) => `${shown(found)} for ${key}`).join("; ")],
  ["policies", ({ policies }) => policies.join("; ")],
  ["state", ({ state }) => state ?? ""],
  ["firstSeen", ({ firstSeen }) => firstSeen ?? ""],
  ["code", ({ code }) => code ?? ""],
  ["forbidden", ({ forbidden = [] }) => forbidden.map(forbiddenText).join("; ")],
  ["about", ({ about }) => aboutsText(about)],
];

/** How the findings begin as CSV: with the mark by which spreadsheets know UTF-8, and the row of headings. */
export const CSV_BEGINNING = `\uFEFF${csvRow(COLUMNS.map(([heading]) => heading))}`;

/** One finding as a CSV row, with its end; what can't be seen in a cell is escaped, whoever wrote it. */
export function csvFinding(finding: Finding): string {
  return csvRow(COLUMNS.map(([, cell]) => visible(cell(finding))));
}

/**
 * A row as RFC 4180 has it, ended by CR LF. A cell that a spreadsheet would take for a formula, or for
 * a number and show as another text, gets an apostrophe in front, which makes it text.
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const text = FORMULA_START.test(value) || isNumberInDisguise(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An account is no quantity: `111122223333` would be shown as 1.11E+11, `0012` as 12, and `1E5` as 100000. */
function isNumberInDisguise(value: string): boolean {
  return NUMBER.test(value) && (value.length >= LONG_NUMBER || String(Number(value)) !== value);
}
