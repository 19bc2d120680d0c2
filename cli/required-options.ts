import { Help, type Command, type Option } from "commander";

/** Options of which a command needs one, by each of them. */
const alternatives = new WeakMap<Option, readonly Option[]>();

/** Says of a command that it needs one of these options, each as it was declared, e.g. `--events <file>`. */
export function needsOneOf(command: Command, ...flags: readonly string[]): void {
  const group = command.options.filter((option) => flags.includes(option.flags));
  for (const option of group) alternatives.set(option, group);
}

/** What the help says of an option, with whether the command can do without it. */
export function optionDescription(this: Help, option: Option): string {
  const text = Help.prototype.optionDescription.call(this, option);
  if (option.mandatory) return `${text} (required)`;
  const others = alternatives.get(option)?.flatMap((other) => (other === option ? [] : [other.long ?? other.flags]));
  return others === undefined ? text : `${text} (required, or ${others.join(" or ")})`;
}

/** All that a command line leaves out and the command can't do without; undefined where nothing is. */
export function missingText(command: Command): string | undefined {
  const isGiven = (option: Option): boolean => command.getOptionValue(option.attributeName()) !== undefined;
  const options = command.options.flatMap((option) => {
    const group = option.mandatory ? [option] : (alternatives.get(option) ?? []);
    return group[0] === option && !group.some(isGiven) ? [group.map(({ flags }) => `'${flags}'`).join(" or ")] : [];
  });
  const arguments_ = command.registeredArguments
    .slice(command.args.length)
    .flatMap((one) => (one.required ? [`'${one.name()}'`] : []));
  const texts = [
    ...(options.length === 0 ? [] : [`required option${listed(options)} not specified`]),
    ...(arguments_.length === 0 ? [] : [`missing required argument${listed(arguments_)}`]),
  ];
  return texts.length === 0 ? undefined : texts.join("; ");
}

/** The names behind a noun, with its plural. */
function listed(names: readonly string[]): string {
  if (names.length === 1) return ` ${names.join()}`;
  return `s ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
