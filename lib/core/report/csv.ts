import type { Finding } from "./finding.ts";

/** Spreadsheets take a cell that begins with one of these for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA_START = /^[=+\-@\t\r\n]/u;
const NEEDS_QUOTES = /[",\r\n]/u;

/** The columns of the findings as CSV. */
const COLUMNS: readonly (readonly [heading: string, cell: (finding: Finding) => string])[] = [
  ["compliance", ({ compliance }) => compliance],
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id],
  ["owner", ({ owner }) => owner ?? ""],
  ["missing", ({ missing }) => missing.join("; ")],
  ["invalid", ({ invalid }) => invalid.map(({ key, value, reason }) => `${key}=${value} ${reason}`).join("; ")],
  ["other spellings", ({ nearMisses }) => nearMisses.map(({ key, found }) => `${found} for ${key}`).join("; ")],
  ["policies", ({ policies }) => policies.join("; ")],
  ["state", ({ state }) => state ?? ""],
  ["firstSeen", ({ firstSeen }) => firstSeen ?? ""],
  ["code", ({ code }) => code ?? ""],
];

/** The first row of the findings as CSV, with its end. */
export const CSV_HEADING = csvRow(COLUMNS.map(([heading]) => heading));

/** One finding as a CSV row, with its end. */
export function csvFinding(finding: Finding): string {
  return csvRow(COLUMNS.map(([, cell]) => cell(finding)));
}

/**
 * A row as RFC 4180 has it, ended by CR LF. A cell that a spreadsheet would take for a formula gets an apostrophe in
 * front, which spreadsheets show as text.
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const harmless = FORMULA_START.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
