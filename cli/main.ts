import { Command, CommanderError } from "commander";
import type { CommandContext } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, type Io } from "./io.ts";
import { failureOf } from "./output/failure.ts";

const VERSION = "0.1.0";

const EXIT_CODES = `
Exit codes: 0 done; 1 findings, or resources that were rejected or failed; 2 bad usage, policy or configuration;
3 a provider couldn't be used.`;

/** The command line: with the one command that is named, or with all of them where none is. */
export async function buildProgram(context: CommandContext, named?: string): Promise<Command> {
  const program = new Command("tagwarden")
    .description("Keeps the tags of cloud resources right on Alibaba Cloud, Huawei Cloud and AWS.")
    .version(VERSION)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText("after", EXIT_CODES);
  const only = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  for (const load of only === undefined ? Object.values(COMMANDS) : [only]) (await load())(program, context);
  return program;
}

/** The words at the start of the arguments that name a command, e.g. `tags list`. */
function commandWords(argv: readonly string[], program: Command): readonly string[] {
  const words: string[] = [];
  let command: Command | undefined = program;
  for (const word of argv) {
    command = command.commands.find((one) => one.name() === word);
    if (command === undefined) break;
    words.push(word);
  }
  return words;
}

/** A usage error says which command's help explains it. */
function withHint(error: unknown, argv: readonly string[], program: Command): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0 || error.code === "commander.help") return error;
  const message = error.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  const help = ["tagwarden", ...commandWords(argv, program), "--help"].join(" ");
  return new CommanderError(error.exitCode, error.code, `${message}; see: ${help}`);
}

/** Runs one command and returns its exit code. Never throws: what goes wrong becomes one clear line on stderr. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const exit = (ended: number): void => {
    code = ended;
  };
  const program = await buildProgram({ io, exit }, argv[0]);
  let help = "";
  const collect = (text: string): void => {
    help += text;
  };
  const quiet = { writeOut: collect, writeErr: collect, outputError: () => undefined };
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({ ...quiet, getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 });
  }
  try {
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return await endWith(withHint(error, argv, program), help, io);
  }
}

async function endWith(error: unknown, help: string, io: Io): Promise<number> {
  try {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await io.stdout.write(help);
      return EXIT.done;
    }
    if (error instanceof CommanderError && error.code === "commander.help") {
      await io.stderr.write(help);
      return EXIT.usage;
    }
    const failure = failureOf(error, io);
    for (const line of failure.lines) await io.stderr.write(`tagwarden: ${line}\n`);
    return failure.code;
  } catch (error) {
    // Nobody listens on stdout or stderr any more, so there is nobody to tell.
    return failureOf(error, io).code;
  }
}
