import { globSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { harmlessIo } from "../../../cli/io.ts";
import { buildProgram } from "../../../cli/main.ts";
import { memoryIo, runMain } from "../run-main.ts";

const program = await buildProgram({ io: harmlessIo(memoryIo().io), exit: () => undefined });

/** A command and all below it, each with its words. */
function commandsIn(
  command: Command,
  path: readonly string[] = [],
): { readonly path: string; readonly command: Command }[] {
  return [
    { path: path.join(" "), command },
    ...command.commands.flatMap((one) => commandsIn(one, [...path, one.name()])),
  ];
}

const COMMANDS = commandsIn(program);

describe("help explains the same as --help:", () => {
  test.each(COMMANDS.map(({ path }) => path))("help %s", async (path) => {
    const words = path.split(" ").filter((word) => word !== "");
    const explained = await runMain([...words, "--help"]);
    expect(explained).toMatchObject({ code: 0, stderr: "" });
    expect(await runMain(["help", ...words])).toEqual(explained);
  });

  test("tags help list, behind the command's first word", async () => {
    expect(await runMain(["tags", "help", "list"])).toEqual(await runMain(["tags", "list", "--help"]));
  });
});

test.each([
  [["help", "evalute"], "unknown command 'evalute' (Did you mean evaluate?); see: tagwarden --help"],
  [["help", "tags", "bogus"], "unknown command 'bogus'; see: tagwarden tags --help"],
])("%j is exit 2 and one line", async (argv, message) => {
  expect(await runMain(argv)).toEqual({ code: 2, stdout: "", stderr: `tagwarden: ${message}\n` });
});

describe("all that a command lacks is named at once", () => {
  test.each([
    [["evaluate"], "required options '--policy <path>' and '--resources <file>' not specified"],
    [["evaluate", "--resources", "r"], "required option '--policy <path>' not specified"],
    [["audit", "--config", "c"], "required options '--policy <path>' and '--out <folder>' not specified"],
    [["enforce"], "required options '--policy <path>' and '--resources <file>' or '--events <file>' not specified"],
    [["enforce", "--events", "e"], "required option '--policy <path>' not specified"],
    [["run-state"], "required option '--table <name>' not specified; missing required argument 'run'"],
    [["run-state", "--table", "t"], "missing required argument 'run'"],
  ])("%j", async (argv, message) => {
    const help = `tagwarden ${argv[0]} --help`;
    expect(await runMain(argv)).toEqual({ code: 2, stdout: "", stderr: `tagwarden: ${message}; see: ${help}\n` });
  });
});

/** The entries of a help, each on one line, however wide it is. */
function entriesOf(help: string): readonly string[] {
  return help.replaceAll(/\n {8,}/g, " ").split("\n");
}

test("an option that is mistyped is named, also where it leaves out what the command needs", async () => {
  const { code, stderr } = await runMain(["evaluate", "--plicy", "p.yaml"]);
  expect(code).toBe(2);
  expect(stderr).toBe(
    "tagwarden: unknown option '--plicy' (did you mean \"--policy\"?); see: tagwarden evaluate --help\n",
  );
});

describe("help marks what a command can't do without:", () => {
  test.each(COMMANDS.filter(({ command }) => command.options.some(({ mandatory }) => mandatory)))(
    "$path",
    async ({ path, command }) => {
      const { stdout } = await runMain([...path.split(" "), "--help"]);
      const marked = entriesOf(stdout).flatMap((line) => /^ {2}(--\S+ <\S+>).* \(required\)$/.exec(line)?.[1] ?? []);
      expect(marked).toEqual(command.options.flatMap(({ mandatory, flags }) => (mandatory ? [flags] : [])));
    },
  );

  test("one of two, where one is enough", async () => {
    const { stdout } = await runMain(["enforce", "--help"]);
    expect(entriesOf(stdout)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ {2}--resources <file> .* \(required, or --events\)$/),
        expect.stringMatching(/^ {2}--events <file> .* \(required, or --resources\)$/),
      ]),
    );
  });
});

describe("a message", () => {
  const known = new Set(["--help", ...COMMANDS.flatMap(({ command }) => command.options.map(({ long }) => long))]);
  /** Of Node, of the Serverless Framework. */
  const FOREIGN = ["--heap-growing-percent", "--max-semi-space-size", "--max-old-space-size", "--import", "--param"];
  const sources = globSync(["cli/**/*.ts", "lib/{app,sinks,lambda,providers}/**/*.ts", "local/**/*.ts"]);

  test("names no flag that no command has", () => {
    const unknown = sources.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
        .flatMap((line) => line.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])
        .filter((flag) => !known.has(flag) && !FOREIGN.includes(flag))
        .map((flag) => `${file}: ${flag}`),
    );
    expect(unknown).toEqual([]);
  });

  test("that has a command to copy gives it no flag that it hasn't", () => {
    const copied = sources.flatMap((file) => [
      ...readFileSync(file, "utf8").matchAll(/tagwarden ((?:[a-z][a-z-]* )+)((?:--[a-z-]+ [^-`"]*)+)/g),
    ]);
    expect(copied.length).toBeGreaterThan(3);
    for (const [text, words = "", flags = ""] of copied) {
      const command = COMMANDS.find(({ path }) => path === words.trim())?.command;
      const has = command?.options.map(({ long }) => long) ?? [];
      for (const flag of flags.match(/--[a-z-]+/g) ?? []) expect(has, text).toContain(flag);
    }
  });
});
