import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { harmlessIo } from "../../cli/io.ts";
import { buildProgram } from "../../cli/main.ts";
import { memoryIo, runMain } from "./run-main.ts";

const PAGE = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function pathsOf(command: Command, above: readonly string[] = []): (readonly string[])[] {
  return [above, ...command.commands.flatMap((one) => pathsOf(one, [...above, one.name()]))];
}

const PATHS = pathsOf(await buildProgram({ io: harmlessIo(memoryIo().io), exit: () => undefined }));

describe("docs/cli.md", () => {
  test.each(PATHS.map((path) => [["tagwarden", ...path, "--help"].join(" "), path] as const))(
    "shows what %s prints",
    async (line, path) => {
      const ran = await runMain([...path, "--help"]);
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(PAGE).toContain(`\`\`\`text\n$ ${line}\n${ran.stdout.trimEnd()}\n\`\`\`\n`);
    },
  );

  const examples = [...PAGE.matchAll(/^tagwarden (.*?) +# exit (\d+)$/gm)];
  test("has examples", () => expect(examples.length).toBeGreaterThan(5));
  test.each(examples.map((match) => [match[1] ?? "", Number(match[2])] as const))(
    "%s is exit %i",
    async (line, code) => {
      const argv = line.split(" ").map((word) => (word.startsWith("examples/") ? `${ROOT}${word}` : word));
      const ran = await runMain(argv);
      expect({ code: ran.code, stderr: ran.stderr.includes("tagwarden: ") }).toEqual({ code, stderr: false });
      for (const text of ran.stdout.trim().split("\n")) expect(text).not.toBe("");
    },
  );
});

describe("bad usage is one clear line and exit 2", () => {
  test.each([
    [["bogus"], "unknown command 'bogus'; see: tagwarden --help"],
    [["evalute"], "Did you mean evaluate?"],
    [["evaluate"], "'--policy <path>' and '--resources <file>' not specified; see: tagwarden evaluate --help"],
    [["tags", "list"], "see: tagwarden tags list --help"],
    [["evaluate", "--policy"], "option '--policy <path>' argument missing"],
    [["policy", "schema", "--bogus"], "unknown option '--bogus'"],
    [["policy", "schema", "extra"], "too many arguments"],
    [["events"], "missing required argument 'file'"],
    [["enforce", "--policy", "p.yaml"], "needs either --resources or --events"],
    [["enforce", "--policy", "p", "--resources", "r", "--apply"], "--apply needs --config"],
    [
      ["evaluate", "--policy", "p", "--resources", "r", "--format", "xml"],
      "--format xml: choose one of table, json, ndjson",
    ],
    [["local", "--resources", "many"], "--resources many: must be a whole number"],
    [["local", "--resources", "5", "--events", "x"], "--events and --resources exclude each other"],
    [["emulate", "--quota", "half"], "--quota half: must be documented or off"],
    [["emulate", "--inventory-delay", "2m"], "--inventory-delay 2m: must be a whole number of seconds"],
    [["emulate", "--accounts", "a,,b"], "--accounts a,,b: an account is empty"],
  ])("%j", async (argv, message) => {
    const policy = fileURLToPath(new URL("../../examples/local/policy.yaml", import.meta.url));
    const ran = await runMain(argv.map((word) => (word === "p.yaml" ? policy : word)));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^tagwarden: /);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([[[]], [["tags"]], [["policy"]]])("%j shows the help on stderr", async (argv) => {
    const ran = await runMain(argv);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^Usage: tagwarden/);
  });
});

test("--version prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await runMain(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});
