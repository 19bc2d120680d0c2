import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { runMain, temporaryFolder } from "../run-main.ts";

/** Has bash complete a command line, with the cursor behind its last word, in a folder with a few files. */
async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  const { stdout: script } = await runMain(["completion", "bash"]);
  writeFileSync(join(folder, "completion.bash"), script);
  for (const file of ["policy.yaml", "with blank.yaml"]) writeFileSync(join(folder, file), "");
  mkdirSync(join(folder, "policies"));
  // Bash tells its function so, and takes what stands in COMPREPLY.
  const ask = `source completion.bash
    [[ $(complete -p tagwarden) == *" -F _tagwarden tagwarden" ]] || exit 9
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tagwarden
    if ((\${#COMPREPLY[@]})); then printf '%s\\n' "\${COMPREPLY[@]}"; fi`;
  const argv = ["--norc", "-c", ask, "bash", "tagwarden", ...words];
  const { stdout, stderr } = await promisify(execFile)("bash", argv, { cwd: folder });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("bash completes", () => {
  test.each([
    ["a command", ["eva"], ["evaluate"]],
    ["commands that begin alike", ["po"], ["policy"]],
    ["what help explains", ["help", "un"], ["undo"]],
    ["a command below another", ["tags", ""], ["list", "set", "unset", "--no-color", "--help"]],
    ["an option", ["evaluate", "--re"], ["--resources"]],
    ["an option behind others and their values", ["audit", "--policy", "p.yaml", "--res"], ["--resume"]],
    ["an option of a command below another", ["dlq", "redrive", "--a"], ["--all", "--apply"]],
    ["a value that is one of a few", ["evaluate", "--format", ""], ["table", "json", "ndjson"]],
    ["other values of the same option elsewhere", ["report", "--format", "m"], ["md"]],
    ["a value behind =", ["evaluate", "--format", "=", "nd"], ["ndjson"]],
    ["a value that nobody can guess: not at all", ["undo", "--run", ""], []],
    ["files, with blanks in their names", ["evaluate", "--policy", "w"], ["with blank.yaml"]],
    ["folders where only they will do", ["audit", "--out", "p"], ["policies"]],
    ["files as arguments", ["events", "pol"], ["policies", "policy.yaml"]],
    ["arguments that are one of a few", ["completion", ""], ["bash", "zsh", "fish"]],
    ["a value that is called like a command: no command", ["undo", "--run", "tags", "--co"], ["--config"]],
  ])("%s", async (_name, words, expected) => {
    expect((await completed(...words)).toSorted()).toEqual(expected.toSorted());
  });

  test("every command that there is", async () => {
    const { stdout } = await runMain(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(15);
    expect((await completed("")).filter((word) => !word.startsWith("-"))).toEqual(commands);
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
