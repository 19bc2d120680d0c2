import { InputError } from "../lib/core/errors.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { wordsOf, type CommandWords } from "./completion/words.ts";
import { zshCompletion } from "./completion/zsh.ts";
import type { AddCommand } from "./command.ts";

const SHELLS = new Map<string, (commands: readonly CommandWords[]) => string>([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** `tagwarden completion`: what a shell needs to complete commands, options and their values. */
export const addCompletion: AddCommand = (program, { io, wholeProgram }) => {
  program
    .command("completion")
    .description("Print the script that has a shell complete this command.")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) => {
      const script = SHELLS.get(shell);
      if (script === undefined)
        throw new InputError(`completion ${shell}: choose one of ${[...SHELLS.keys()].join(", ")}`);
      await io.stdout.write(script(wordsOf(await wholeProgram())));
    });
};
