import { Command, CommanderError } from "commander";
import { addAudit } from "./audit.ts";
import { addEmulate } from "./emulate.ts";
import { addEnforce } from "./enforce.ts";
import { addEvaluate } from "./evaluate.ts";
import { addEvents } from "./events.ts";
import { addLocal } from "./local.ts";
import { addPlan } from "./plan.ts";
import { addPolicy } from "./policy.ts";
import { addTags } from "./tags.ts";
import { failureOf } from "./failure.ts";
import { EXIT, type Io } from "./io.ts";
import type { AddCommand, CommandContext } from "./command.ts";

const VERSION = "0.1.0";

const COMMANDS: readonly AddCommand[] = [
  addLocal,
  addEvaluate,
  addPlan,
  addEnforce,
  addAudit,
  addEvents,
  addTags,
  addPolicy,
  addEmulate,
];

const EXIT_CODES = `
Exit codes: 0 done; 1 findings, or resources that were rejected or failed; 2 bad usage, policy or configuration;
3 a provider couldn't be used.`;

/** The whole command line, as data that also the documentation is checked against. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command("tagwarden")
    .description("Keeps the tags of cloud resources right on Alibaba Cloud, Huawei Cloud and AWS.")
    .version(VERSION)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  for (const add of COMMANDS) add(program, context);
  return program;
}

/** A usage error says which command's help explains it. */
function withHint(error: unknown, argv: readonly string[], program: Command): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0 || error.code === "commander.help") return error;
  const names = program.commands.map((command) => command.name());
  const command = argv.find((argument) => names.includes(argument));
  const hint = `see: tagwarden ${command === undefined ? "" : `${command} `}--help`;
  const message = error.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  return new CommanderError(error.exitCode, error.code, `${message}; ${hint}`);
}

/** Runs one command and returns its exit code. Never throws: what goes wrong becomes one clear line on stderr. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  let help = "";
  const program = buildProgram({
    io,
    exit: (ended) => {
      code = ended;
    },
  });
  const collect = (text: string): void => {
    help += text;
  };
  const quiet = { writeOut: collect, writeErr: collect, outputError: () => undefined };
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({ ...quiet, getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 });
  }
  try {
    if (argv.length === 0) {
      await io.stderr.write(program.helpInformation());
      return EXIT.usage;
    }
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
