import type { Io } from "./io.ts";

/** A command of ours as whoever reads it can type it: in a checkout by way of npm, with words quoted that need it. */
export function commandLine(env: Io["env"], ...words: readonly string[]): string {
  const program = env["npm_lifecycle_event"] === "tagwarden" ? "npm run -s tagwarden --" : "tagwarden";
  return [program, ...words.map(shellWord)].join(" ");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
