import { optionsOf, type CommandWords, type Values } from "./words.ts";

/** A script that has zsh complete the command, with what its help says of each word. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef tagwarden
# tagwarden's completion for zsh: source <(tagwarden completion zsh), behind compinit
_tagwarden() {
  local at="" last="" cur="\${words[CURRENT]}" prev="\${words[CURRENT - 1]}" i
  local -a described
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      (${pathPatterns(commands)}) at="$at \${words[i]}" ;;
    esac
    if [[ "\${words[i]}" == -* ]]; then last="\${words[i]}"; fi
  done
  # Options that take one value after the other, up to the next option.
  case "$at $last" in
    (${listPatterns(commands)}) if [[ "$cur" != -* ]]; then prev="$last"; fi ;;
  esac
  # FLAG=VALUE is one word: only what stands behind = is to be completed.
  if [[ "$cur" == --*=* ]]; then prev="\${cur%%=*}"; compset -P 1 '*='; fi
  case "$at $prev" in
${valueCases(commands)}
  esac
  if [[ "$cur" == --*=* ]]; then return 1; fi
  case "$at" in
${wordCases(commands)}
  esac
  # Without -o, which is for options alone and would keep the commands out.
  _describe tagwarden described
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

function listPatterns(commands: readonly CommandWords[]): string {
  return optionsOf(commands)
    .flatMap(({ path, long, isList }) => (isList === true ? [`"${at(path)} ${long}"`] : []))
    .join("|");
}

function valueCases(commands: readonly CommandWords[]): string {
  const cases = optionsOf(commands).flatMap(({ path, long, values }) =>
    values === undefined ? [] : [[replyFor(values), `"${at(path)} ${long}"`] as const],
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
          : `if [[ "$cur" != -* ]]; then ${replyFor(values)}; return; fi; `;
      return `    ("${at(path)}") ${own}described=(${words.join(" ")}) ;;`;
    })
    .join("\n");
}
