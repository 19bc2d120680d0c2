import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Adds one command to the program. Its action reports its exit code through `exit`. */
export type AddCommand = (program: Command, context: CommandContext) => void;

export interface CommandContext {
  readonly io: Io;
  /** The words that the user typed behind `tagwarden`. */
  readonly argv: readonly string[];
  /** Says how the command ended; without it, 0. */
  readonly exit: (code: number) => void;
  /** The command line with every command, whichever this one was loaded for. */
  readonly wholeProgram: () => Promise<Command>;
}

export const FORMAT_OPTION = "--format <format>";
export const POLICY_OPTION = ["--policy <path>", "policy file, or a folder of them (YAML or JSON)"] as const;
export const CONFIG_OPTION = ["--config <file>", "accounts, regions, credentials and limits (YAML or JSON)"] as const;

export const ROWS_OPTION = ["--rows", "name every resource in the table, behind its summary"] as const;

/** What `--format` says of itself. */
export function formatHelp(inPipe: "json" | "ndjson"): string {
  return `table, json or ndjson (default: table on a terminal, ${inPipe} in a pipe)`;
}
