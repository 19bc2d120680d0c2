import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { runMain, temporaryFolder } from "../run-main.ts";

type Shell = "bash" | "zsh" | "fish";

/** Bash's function is told the words of the line, among them `=`, and leaves what fits in COMPREPLY. */
const ASK_BASH = `source ./completion
[[ $(complete -p tagwarden) == *" -F _tagwarden tagwarden" ]] || exit 9
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tagwarden
if ((\${#COMPREPLY[@]})); then printf '%s\\n' "\${COMPREPLY[@]}"; fi`;

/** Zsh completes in its line editor alone, so that it takes a terminal; what it would add is written down on the way. */
const ASK_ZSH = `zmodload zsh/zpty
zpty shell "ZDOTDIR=$PWD zsh -d -i"
while zpty -r shell line; do
  if [[ "$line" == *READY* ]]; then zpty -w -n shell "$1"$'\\t'; break; fi
done
while zpty -r shell line; do :; done
cat offered`;
const ZSHRC = `PROMPT= ; autoload -Uz compinit; compinit -u -D; source ./completion; : >offered
zle-line-init() { print READY }; zle -N zle-line-init
compadd() {
  if [[ " \${@[1,(i)(-|--)]}" != *\\ -*[OAD]\\ * ]]; then
    local -a fit; builtin compadd -A fit "$@"
    (( $#fit )) && print -rl -- "\${(Q)fit[@]}" >>offered
  fi
  builtin compadd "$@"
}
finish() { exit }; comppostfuncs=(finish)
`;

const ASK: Readonly<Record<Shell, (line: string) => readonly string[]>> = {
  bash: (line) => ["--norc", "-c", ASK_BASH, "bash", ...line.split(/ |(?<==)|(?==)/)],
  zsh: (line) => ["-f", "-c", ASK_ZSH, "zsh", line],
  fish: (line) => ["--no-config", "-c", "source ./completion; complete -C $argv[1]", line],
};

/** Has a shell complete a line, with the cursor at its end, in a folder with a few files; undefined where it isn't there. */
async function completed(shell: Shell, line: string): Promise<readonly string[] | undefined> {
  const folder = await temporaryFolder();
  const { stdout: script } = await runMain(["completion", shell]);
  for (const [name, text] of [
    ["completion", script],
    [".zshrc", ZSHRC],
    ["policy.yaml", ""],
    ["with blank.yaml", ""],
  ] as const)
    writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "policies"));
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  try {
    const { stdout, stderr } = await promisify(execFile)(shell, ASK[shell](line), { cwd: folder, env });
    expect(stderr).toBe("");
    const words = stdout.split("\n").map((one) => one.replace(/\t.*/, "").replace(/\/$/, ""));
    return [...new Set(words.filter((word) => word !== ""))].toSorted();
  } catch (error) {
    if (shell !== "bash" && error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

describe.each(shells)("%s, where it is there, completes", (shell) => {
  test.each([
    ["a command", "eva", ["evaluate"]],
    ["commands that begin alike", "po", ["policy"]],
    ["what help explains", "help un", ["undo"]],
    ["an option", "evaluate --re", ["--resources"]],
    ["an option behind others and their values", "audit --policy p.yaml --resu", ["--resume"]],
    ["an option of a command below another", "dlq redrive --a", ["--all", "--apply"]],
    ["a value that is one of a few, and no files", "evaluate --format ", ["json", "ndjson", "table"]],
    ["a value of a cloud's name", "doctor --provider a", ["alibaba", "aws"]],
    ["other values of the same option elsewhere", "report --format m", ["md"]],
    ["the first value of several", "init --provider al", ["alibaba"]],
    ["the next value of several", "init --provider aws al", ["alibaba"]],
    ["an option behind several values", "init --provider aws --inv", ["--inventory"]],
    ["values of the next option behind several", "init --provider aws --inventory n", ["none"]],
    ["no values behind an option that takes one", "doctor --provider aws al", []],
    ["a value that nobody can guess: not at all", "undo --run ", []],
    ["several that nobody can guess: not at all", "init --account 1 p", []],
    ["files, with blanks in their names", "evaluate --policy w", ["with blank.yaml"]],
    ["folders where only they will do", "audit --out p", ["policies"]],
    ["files as arguments", "events pol", ["policies", "policy.yaml"]],
    ["arguments that are one of a few", "completion ", ["bash", "fish", "zsh"]],
    ["a value that is called like a command: no command", "undo --run tags --co", ["--config"]],
  ])("%s", async (_name, line, expected) => {
    expect(await completed(shell, `tagwarden ${line}`)).toBeOneOf([expected, ...(shell === "bash" ? [] : [undefined])]);
  });

  test.each([
    ["a value", "evaluate --format=nd", "ndjson"],
    ["a file", "evaluate --policy=policy", "policy.yaml"],
  ])("%s behind =", async (_name, line, expected) => {
    const found = await completed(shell, `tagwarden ${line}`);
    // Fish offers the whole word.
    expect(found?.map((word) => word.replace(/^--[a-z]+=/, ""))).toBeOneOf([
      [expected],
      ...(shell === "bash" ? [] : [undefined]),
    ]);
  });

  test("every command that there is, and those below another", async () => {
    const { stdout } = await runMain(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name = ""]) => name);
    expect(commands.length).toBeGreaterThan(15);
    const offered = async (line: string) => (await completed(shell, line))?.filter((word) => !word.startsWith("-"));
    const missing = shell === "bash" ? [] : [undefined];
    expect(await offered("tagwarden ")).toBeOneOf([commands.toSorted(), ...missing]);
    expect(await offered("tagwarden tags ")).toBeOneOf([["list", "set", "unset"], ...missing]);
  });
});

/** What only a shell would show, for machines that have bash alone. */
describe("without the shell, the script", () => {
  const scriptFor = async (shell: Shell) => (await runMain(["completion", shell])).stdout;

  test("for zsh describes words in a way that isn't for options alone, and knows FLAG=VALUE", async () => {
    const script = await scriptFor("zsh");
    expect(script).toMatch(/^ {2}_describe tagwarden described$/m);
    expect(script).toContain("compset -P 1 '*='");
  });

  test("for fish offers files behind no option that doesn't ask for them", async () => {
    const lines = (await scriptFor("fish")).split("\n").filter((line) => / -r /.test(line));
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((line) => !/ -r (?:-F|-f(?: -a '[^']+')?) -d /.test(line))).toEqual([]);
    const files = lines.filter((line) => line.includes(" -r -F "));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((line) => / -l '(?:format|provider|account)' /.test(line))).toEqual([]);
  });

  test.each(shells)("for %s knows where values follow each other", async (shell) => {
    const script = await scriptFor(shell);
    expect(script).toContain(shell === "fish" ? "__tagwarden_in \\' init\\' --provider" : '" init --provider"');
    expect(script.match(/init\\?'? --provider/g)?.length).toBe(shell === "fish" ? 1 : 2);
  });
});

/** Whether a shell is on this machine: only bash is everywhere. */
async function parses(shell: string, script: string): Promise<boolean | undefined> {
  const path = join(await temporaryFolder(), "completion");
  writeFileSync(path, script);
  try {
    await promisify(execFile)(shell, ["-n", path]);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? undefined : false;
  }
}

describe.each(["bash", "zsh", "fish"])("the script for %s", (shell) => {
  test("is one that the shell can read, where it is there", async () => {
    const ran = await runMain(["completion", shell]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(await parses(shell, ran.stdout)).toBeOneOf(shell === "bash" ? [true] : [true, undefined]);
  });

  test("knows every option of every command", async () => {
    const { stdout } = await runMain(["completion", shell]);
    const names = shell === "fish" ? / -l '([a-z-]+)'/g : /--([a-z-]+)/g;
    const found = new Set([...stdout.matchAll(names)].map(([, name]) => name));
    for (const name of [
      "experimental-events",
      "write-config",
      "max-seconds",
      "apply",
      "rows",
      "open",
      "no-color",
      "help",
    ])
      expect(found).toContain(name);
  });
});

test("another shell is exit 2, with those that there are", async () => {
  const ran = await runMain(["completion", "tcsh"]);
  expect(ran).toEqual({ code: 2, stdout: "", stderr: "tagwarden: completion tcsh: choose one of bash, zsh, fish\n" });
});
