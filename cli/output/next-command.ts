import { plainText } from "../io.ts";

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** Words as a shell reads them back. */
export function shellText(words: readonly string[]): string {
  return words
    .map((word) => (NEEDS_NO_QUOTES.test(word) ? word : `'${plainText(word).replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}

/** The command that was typed, ready to be pasted: without some of its words, and with others behind them. */
export function nextCommand(argv: readonly string[], without: readonly string[], more: readonly string[]): string {
  return shellText(["tagwarden", ...argv.filter((word) => !without.includes(word)), ...more]);
}
