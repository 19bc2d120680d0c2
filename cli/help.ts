import { Help, type Command } from "commander";
import type { Output } from "./io.ts";
import { wrapped } from "./output/text-cell.ts";
import { optionDescription } from "./required-options.ts";

const EXIT_CODES =
  "Exit codes: 0 done; 1 findings, or resources that were rejected or failed; 2 bad usage, policy or configuration; 3 a provider couldn't be used.";

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;
/** Narrower, and what explains a word stands below it. */
const NARROW = 60;
const BELOW = " ".repeat(6);

/** How wide a help is. */
export function helpWidth({ columns }: Output): number {
  return Math.min(columns ?? WIDEST, WIDEST);
}

/** What stands below the help of the whole program. */
export function exitCodesText(output: Output): string {
  return `\n${wrapped(EXIT_CODES, helpWidth(output)).join("\n")}`;
}

/** Has the help of a command, and of those below it, fit a narrow terminal and say which options it can't do without. */
export function configureHelp(command: Command): void {
  command.configureHelp({ optionDescription, formatItem, minWidthToWrap: 10 });
}

function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = this.helpWidth ?? WIDEST;
  if (width >= NARROW) return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  const below = helper.boxWrap(description, width - BELOW.length).replaceAll("\n", `\n${BELOW}`);
  return `  ${term}${description === "" ? "" : `\n${BELOW}${below}`}`;
}
