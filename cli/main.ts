import { Command, CommanderError } from "commander";
import type { AddCommand, CommandContext } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, harmlessIo, type Io, type RawIo } from "./io.ts";
import { didYouMean } from "../lib/core/yaml/suggest.ts";
import { failureOf } from "./output/failure.ts";
import { configureHelp, exitCodesText, helpWidth } from "./help.ts";
import { missingText } from "./required-options.ts";

const VERSION = "0.1.0";

const NO_COLOUR = "--no-color";

/** The command line: with the one command that is named, or with all of them where none is. */
export async function buildProgram(
  given: Pick<CommandContext, "io" | "exit"> & Partial<Pick<CommandContext, "argv">>,
  named?: string,
): Promise<Command> {
  const program = new Command("tagwarden")
    .description("Keeps the tags of cloud resources right on Alibaba Cloud, Huawei Cloud and AWS.")
    .version(VERSION)
    .helpCommand("help [command...]", "Explain a command.")
    .showSuggestionAfterError(true)
    .option(NO_COLOUR, "print no colours")
    .addHelpText("after", exitCodesText(given.io.stdout));
  configureHelp(program);
  const context = { argv: [], ...given, wholeProgram: () => buildProgram(given) };
  for (const load of loadersOf(named)) (await load())(program, context);
  return program;
}

function loadersOf(named: string | undefined): readonly (() => Promise<AddCommand>)[] {
  if (named === "--version" || named === "-V") return [];
  const only = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  return only === undefined ? Object.values(COMMANDS) : [only];
}

/** The command that the words at the start of the arguments name, and those words, e.g. `tags list`. */
function commandAt(argv: readonly string[], program: Command): { readonly command: Command; readonly words: string[] } {
  const words: string[] = [];
  let command = program;
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    words.push(word);
  }
  return { command, words };
}

/** `help tags list` asks for what `tags list --help` says, and so does `tags help list`. */
function helpAsOption(argv: readonly string[], program: Command): readonly string[] {
  const { command, words } = commandAt(argv, program);
  if (argv[words.length] !== "help" || (words.length > 0 && command.commands.length === 0)) return argv;
  const asked = [...words, ...argv.slice(words.length + 1)];
  const found = commandAt(asked, program);
  // A word that names no command is left to be complained about.
  const isKnown = found.words.length === asked.length || found.command.commands.length === 0;
  return isKnown ? [...found.words, "--help"] : asked;
}

/** What is wrong with how a command was called: all that is missing at once, and which command's help explains it. */
function withHint(error: unknown, argv: readonly string[], program: Command): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0 || error.code === "commander.help") return error;
  const { command, words } = commandAt(argv, program);
  const isIncomplete =
    error.code === "commander.missingMandatoryOptionValue" || error.code === "commander.missingArgument";
  const incomplete = isIncomplete ? (unknownOption(argv, command) ?? missingText(command)) : undefined;
  const message = incomplete ?? error.message.replace(/^error: /, "");
  const help = ["tagwarden", ...words, "--help"].join(" ");
  return new CommanderError(error.exitCode, error.code, `${message.replaceAll("\n", " ").trim()}; see: ${help}`);
}

/** An option that the command doesn't have: mistyped, it is why another one is missing. */
function unknownOption(argv: readonly string[], command: Command): string | undefined {
  const known = command.options.flatMap(({ long }) => long ?? []);
  const end = argv.indexOf("--");
  const given = argv.slice(0, end < 0 ? argv.length : end).flatMap((word) => /^--[^=]+/.exec(word)?.[0] ?? []);
  const odd = given.find((word) => !known.includes(word));
  return odd === undefined ? undefined : `unknown option '${odd}'${didYouMean(odd, known)}`;
}

/** `--no-color` stands anywhere in front of `--`, and is for no command to know. */
function withoutColourOption(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return argv.filter((word, index) => word !== NO_COLOUR || (end >= 0 && index > end));
}

/** Runs one command and returns its exit code. Never throws: what goes wrong becomes one clear line on stderr. */
export async function main(words: readonly string[], raw: RawIo): Promise<number> {
  const given = withoutColourOption(words);
  const io = harmlessIo(raw, { colours: given.length === words.length });
  let code: number = EXIT.done;
  const exit = (ended: number): void => {
    code = ended;
  };
  const program = await buildProgram({ io, exit, argv: given }, given[0] === "help" ? given[1] : given[0]);
  const argv = helpAsOption(given, program);
  let help = "";
  const collect = (text: string): void => {
    help += text;
  };
  const quiet = { writeOut: collect, writeErr: collect, outputError: () => undefined };
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    const width = { getOutHelpWidth: () => helpWidth(io.stdout), getErrHelpWidth: () => helpWidth(io.stderr) };
    command.exitOverride().configureOutput({ ...quiet, ...width });
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
