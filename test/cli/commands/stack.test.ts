import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zipOf } from "../../fixtures/zip-of.ts";
import { runMain } from "../run-main.ts";

const SOURCE = `interface Never { readonly used: string }

export function fails(): never {
  throw new TypeError("boom");
}
fails();
`;

let folder: string;
let packages: string;
let stack: string;

/** A function is bundled as ours are, packaged with its map beside it, and fails. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tagwarden-stack-"));
  packages = join(folder, ".serverless");
  const built = join(folder, "functions");
  for (const path of [packages, join(folder, "lib")]) mkdirSync(path);
  writeFileSync(join(folder, "lib", "fails.ts"), SOURCE);
  const outfile = join(built, "f.chunk-ABC123.mjs");
  const options = { bundle: true, minify: true, format: "esm", sourcemap: "external" } as const;
  buildSync({ ...options, entryPoints: [join(folder, "lib", "fails.ts")], outfile });
  const map = readFileSync(`${outfile}.map`, "utf8");
  writeFileSync(join(packages, "f.zip"), zipOf({ "functions/f.chunk-ABC123.mjs.map": map }));
  writeFileSync(join(packages, "g.zip"), zipOf({ "functions/g.mjs.map": map }));
  stack =
    /TypeError: boom\n(?: {4}at .*\n?)+/.exec(
      spawnSync(process.execPath, [outfile], { encoding: "utf8" }).stderr,
    )?.[0] ?? "";
});

afterAll(() => rmSync(folder, { recursive: true }));

const run = (text: string, path = packages) => runMain(["stack", "--package", path], { stdin: text });

const READABLE = /^TypeError: boom\n {4}at \w+ \(lib\/fails\.ts:4:9\)\n {4}at lib\/fails\.ts:6:1\n/;

test("a stack of a packaged function tells of lines of its sources", async () => {
  expect(stack).toMatch(/functions\/f\.chunk-ABC123\.mjs:1:/);
  const { code, stdout, stderr } = await run(stack);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(READABLE);
});

test.each([
  ["Powertools", () => ({ level: "ERROR", error: { name: "TypeError", stack } })],
  ["the runtime", () => ({ errorType: "TypeError", stack: stack.split("\n") })],
])("a stack is found in a log line of %s", async (_, line) => {
  expect((await run(JSON.stringify(line()))).stdout).toMatch(READABLE);
});

test("one package may be named instead of all", async () => {
  expect((await run(stack, join(packages, "f.zip"))).stdout).toMatch(READABLE);
});

test.each([
  [
    "a package of another version",
    () => stack.replaceAll("ABC123", "OTHER1"),
    () => packages,
    /has no f\.chunk-OTHER1\.mjs; check out what is deployed/,
  ],
  ["no package at all", () => stack, () => folder, /holds no packages; make them with `serverless package`/],
  ["a folder that isn't there", () => stack, () => join(folder, "none"), /none: no such file/],
  [
    "a file that is no package",
    () => stack,
    () => join(folder, "lib", "fails.ts"),
    /fails\.ts: is no package of a function: not a zip file/,
  ],
  [
    "a text without a stack",
    () => "all is well",
    () => packages,
    /^tagwarden: stdin: names no line of a packaged function/,
  ],
  ["a stack of the runtime alone", () => "Error\n at /var/runtime/index.mjs:1:1", () => packages, /names no line/],
])("%s is one sentence, and nothing is told that might be wrong", async (_, text, path, says) => {
  const { code, stdout, stderr } = await run(text(), path());
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
});
