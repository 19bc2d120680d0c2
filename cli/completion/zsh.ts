import type { CommandWords, Values } from "./words.ts";

/** A script that has zsh complete the command, with what its help says of each word. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef tagwarden
# tagwarden's completion for zsh: source <(tagwarden completion zsh), behind compinit
_tagwarden() {
  local at="" i
  local -a described
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      (${pathPatterns(commands)}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at \${words[CURRENT - 1]}" in
${valueCases(commands)}
  esac
  case "$at" in
${wordCases(commands)}
  esac
  _describe -o tagwarden described
}
# Run as a file of fpath, or sourced.
if [[ "\${funcstack[1]}" == "_tagwarden" ]]; then _tagwarden "$@"; else compdef _tagwarden tagwarden; fi
`;
}

function pathPatterns(commands: readonly CommandWords[]): string {
  return commands.flatMap(({ path }) => (path === "" ? [] : [`" ${path}"`])).join("|");
}

const at = (path: string): string => (path === "" ? "" : ` ${path}`);

function replyFor(values: Values): string {
  if (values === "files") return "_files";
  if (values === "folders") return "_files -/";
  return values === "anything" ? "_message value" : `compadd -- ${values.join(" ")}`;
}

function valueCases(commands: readonly CommandWords[]): string {
  const cases = commands.flatMap(({ path, options }) =>
    options.flatMap(({ long, values }) =>
      values === undefined ? [] : [[replyFor(values), `"${at(path)} ${long}"`] as const],
    ),
  );
  return [...Map.groupBy(cases, ([reply]) => reply)]
    .map(([reply, all]) => `    (${all.map(([, pattern]) => pattern).join("|")}) ${reply}; return ;;`)
    .join("\n");
}

/** `'word:what it means'`: a colon in the word would end it, and a quote the text. */
function described(word: string, description: string): string {
  return `'${word.replaceAll(":", "\\:")}:${description.replaceAll("'", "'\\''")}'`;
}

function wordCases(commands: readonly CommandWords[]): string {
  return commands
    .map(({ path, subcommands, options, arguments: values }) => {
      const words = [
        ...subcommands.map(({ name, description }) => described(name, description)),
        ...options.map(({ long, description }) => described(long, description)),
      ];
      const own =
        values === undefined || values === "anything"
          ? ""
          : `if [[ \${words[CURRENT]} != -* ]]; then ${replyFor(values)}; return; fi; `;
      return `    ("${at(path)}") ${own}described=(${words.join(" ")}) ;;`;
    })
    .join("\n");
}
