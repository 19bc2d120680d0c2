import { optionsOf, type CommandWords, type Values } from "./words.ts";

/** A script that has bash complete the command; it needs nothing else, and no tagwarden while it completes. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  return `# tagwarden's completion for bash: source <(tagwarden completion bash)
_tagwarden() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" at="" last="" words="" i IFS=$' \\t\\n'
  # Bash takes FLAG=VALUE for three words.
  if [[ $cur == "=" ]]; then cur=""; elif [[ $prev == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${pathPatterns(commands)}) at="$at \${COMP_WORDS[i]}" ;;
    esac
    if [[ \${COMP_WORDS[i]} == -* ]]; then last="\${COMP_WORDS[i]}"; fi
  done
  # Options that take one value after the other, up to the next option.
  case "$at $last" in
    ${listPatterns(commands)}) if [[ $cur != -* ]]; then prev="$last"; fi ;;
  esac
  COMPREPLY=()
  case "$at $prev" in
${valueCases(commands)}
  esac
  case "$at" in
${wordCases(commands)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
# Names may hold blanks, and those of folders go on.
_tagwarden_names() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
complete -F _tagwarden tagwarden
`;
}

function pathPatterns(commands: readonly CommandWords[]): string {
  return commands.flatMap(({ path }) => (path === "" ? [] : [`" ${path}"`])).join(" | ");
}

/** The path as the script builds it: with a blank in front of each word. */
const at = (path: string): string => (path === "" ? "" : ` ${path}`);

function replyFor(values: Values): string {
  if (values === "files") return "_tagwarden_names -f";
  if (values === "folders") return "_tagwarden_names -d";
  return values === "anything" ? ":" : `COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$cur"))`;
}

function listPatterns(commands: readonly CommandWords[]): string {
  return optionsOf(commands)
    .flatMap(({ path, long, isList }) => (isList === true ? [`"${at(path)} ${long}"`] : []))
    .join(" | ");
}

function valueCases(commands: readonly CommandWords[]): string {
  const cases = optionsOf(commands).flatMap(({ path, long, values }) =>
    values === undefined ? [] : [[replyFor(values), `"${at(path)} ${long}"`] as const],
  );
  return [...Map.groupBy(cases, ([reply]) => reply)]
    .map(([reply, all]) => `    ${all.map(([, pattern]) => pattern).join(" | ")}) ${reply}; return ;;`)
    .join("\n");
}

function wordCases(commands: readonly CommandWords[]): string {
  return commands
    .map(({ path, subcommands, options, arguments: values }) => {
      const words = [...subcommands.map(({ name }) => name), ...options.map(({ long }) => long)].join(" ");
      const own =
        values === undefined || values === "anything"
          ? ""
          : `if [[ $cur != -* ]]; then ${replyFor(values)}; return; fi; `;
      return `    "${at(path)}") ${own}words="${words}" ;;`;
    })
    .join("\n");
}
