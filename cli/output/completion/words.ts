import type { Command, Option } from "commander";

/** What may stand behind an option or as an argument: files, folders, one of these words, or what nobody can guess. */
export type Values = "files" | "folders" | "anything" | readonly string[];

export interface OptionWords {
  /** With its dashes. */
  readonly long: string;
  readonly description: string;
  /** Undefined for a switch. */
  readonly values?: Values;
  /** Takes one value after the other, up to the next option. */
  readonly isList?: boolean;
}

/** What can be typed behind a command. */
export interface CommandWords {
  /** The command's own words, e.g. `tags list`; empty for what stands behind the program's name. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  /** Undefined where it takes none. */
  readonly arguments?: Values;
}

/** Where an option is: the path of its command, and itself. */
export interface PlacedOption extends OptionWords {
  readonly path: string;
}

/** All options, each with its command. */
export function optionsOf(commands: readonly CommandWords[]): readonly PlacedOption[] {
  return commands.flatMap(({ path, options }) => options.map((option) => ({ path, ...option })));
}

/** The words of a command and of all below it, in the order of its help. */
export function wordsOf(command: Command, path: readonly string[] = []): readonly CommandWords[] {
  const [argument] = command.registeredArguments;
  const own: CommandWords = {
    path: path.join(" "),
    subcommands: [
      ...command.commands.map((one) => ({ name: one.name(), description: one.description() })),
      ...(path.length === 0 ? [{ name: "help", description: "Explain a command." }] : []),
    ],
    options: [...command.options.map(optionWords), ...EVERYWHERE.filter(({ long }) => !has(command, long))],
    ...(argument !== undefined && { arguments: valuesOf(argument.name(), argument.description) }),
  };
  return [own, ...command.commands.flatMap((one) => wordsOf(one, [...path, one.name()]))];
}

/** What every command takes. */
const EVERYWHERE: readonly OptionWords[] = [
  { long: "--no-color", description: "print no colours" },
  { long: "--help", description: "display help for command" },
];

function has({ options }: Command, wanted: string): boolean {
  return options.some(({ long }) => long === wanted);
}

function optionWords(option: Option): OptionWords {
  const { long, flags, description } = option;
  const takesValue = option.required || option.optional;
  return {
    long: long ?? flags,
    description,
    ...(takesValue && { values: valuesOf(placeholderOf(option), description) }),
    ...(option.variadic && { isList: true }),
  };
}

/** `file` of `--config <file>`. */
function placeholderOf({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? "";
}

/** A description that begins with `a, b or c` names the values. */
const NAMED = /^((?:[a-z-]+, )*[a-z-]+) or ([a-z-]+)(?=$|[;:(]| \()/;

function valuesOf(placeholder: string, description: string): Values {
  const [, first, last] = NAMED.exec(description) ?? [];
  if (first !== undefined && last !== undefined) return [...first.split(", "), last];
  if (placeholder === "folder") return "folders";
  return placeholder === "file" || placeholder === "path" || placeholder === "place" ? "files" : "anything";
}
