import type { CommandWords, Values } from "./words.ts";

/** A script that has fish complete the command, with what its help says of each word. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  return `# tagwarden's completion for fish: tagwarden completion fish > ~/.config/fish/completions/tagwarden.fish
function __tagwarden_at
    set -l at ""
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${commands.flatMap(({ path }) => (path === "" ? [] : [quoted(` ${path}`)])).join(" ")}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
# Behind an option that takes one value after the other, up to the next option.
function __tagwarden_in
    set -l last ""
    for word in (commandline -opc)
        string match -q -- '-*' $word; and set last $word
    end
    __tagwarden_at $argv[1]; and test "$last" = "$argv[2]"
end
complete -c tagwarden -f
${commands.flatMap(linesFor).join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Options of `complete` for what stands behind an option or is an argument: files of the folder only where they are asked for. */
function offers(values: Values): string {
  if (values === "files") return "-F";
  if (values === "folders") return "-f -a '(__fish_complete_directories)'";
  return values === "anything" ? "-f" : `-f -a ${quoted(values.join(" "))}`;
}

const at = (path: string): string => quoted(path === "" ? "" : ` ${path}`);

function linesFor({ path, subcommands, options, arguments: values }: CommandWords): readonly string[] {
  const here = `complete -c tagwarden -n ${quoted(`__tagwarden_at ${at(path)}`)}`;
  return [
    ...subcommands.map(({ name, description }) => `${here} -a ${quoted(name)} -d ${quoted(description)}`),
    ...options.map(({ long, description, values: own }) => {
      const behind = own === undefined ? "" : ` -r ${offers(own)}`;
      return `${here} -l ${quoted(long.replace(/^--/, ""))}${behind} -d ${quoted(description)}`;
    }),
    ...options.flatMap(({ long, values: own, isList }) =>
      isList === true && own !== undefined && own !== "anything"
        ? [`complete -c tagwarden -n ${quoted(`__tagwarden_in ${at(path)} ${long}`)} ${offers(own)}`]
        : [],
    ),
    ...(values === undefined || values === "anything" ? [] : [`${here} ${offers(values)}`]),
  ];
}
