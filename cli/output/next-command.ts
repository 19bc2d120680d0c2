import { plainText, type Io } from "../io.ts";

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** Words as a shell reads them back. */
export function shellText(words: readonly string[]): string {
  return words
    .map((word) => (NEEDS_NO_QUOTES.test(word) ? word : `'${plainText(word).replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}

/** The command that was typed, ready to be pasted: without some of its words, and with others behind them. */
export function nextCommand(
  argv: readonly string[],
  {
    without,
    more,
    env,
  }: { readonly without: readonly string[]; readonly more: readonly string[]; readonly env: Io["env"] },
): string {
  return commandLine(env, ...argv.filter((word) => !without.includes(word)), ...more);
}

/** How the program was called: in a checkout npm runs a script, and `npx` says so by the script's name. */
const PROGRAMS: ReadonlyMap<string | undefined, string> = new Map([
  ["tagwarden", "npm run -s tagwarden --"],
  ["start", "npm run -s tagwarden --"],
  ["npx", "npx tagwarden"],
]);

/** A command of ours as whoever reads it can type it, with words quoted that need it. */
export function commandLine(env: Io["env"], ...words: readonly string[]): string {
  return `${PROGRAMS.get(env["npm_lifecycle_event"]) ?? "tagwarden"} ${shellText(words)}`;
}
