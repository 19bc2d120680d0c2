import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runMain } from "../cli/run-main.ts";

const README = readFileSync("README.md", "utf8");

describe("README.md", () => {
  test("has less than 150 lines", () => {
    expect(README.trimEnd().split("\n").length).toBeLessThan(150);
  });

  test("says of each way in that it needs Node 24, and that only a checkout brings it", () => {
    const [before = "", ...ways] = (/## Three ways in\n(?<text>.*?)\n## /s.exec(README)?.groups?.["text"] ?? "").split(
      /^\*\*/m,
    );
    expect(before).toMatch(/checkout on Linux, Node 24 comes with the packages/);
    expect(ways).toHaveLength(3);
    for (const way of ways.filter((one) => one.includes("npx tagwarden"))) expect(way).toMatch(/Node 24 or newer/);
  });

  test.each(
    [...README.matchAll(/\]\((?!https:)(?<path>[^)#]+)(?:#[^)]*)?\)/g)].map(({ groups }) => groups?.["path"] ?? ""),
  )("links to %s, which exists", (path) => {
    expect(existsSync(path)).toBe(true);
  });

  const commands = [...README.matchAll(/^npm run -s tagwarden -- (?<line>.*examples\/.*)$/gm)];
  test.each(commands.map(({ groups }) => groups?.["line"] ?? ""))("`tagwarden %s` runs", async (line) => {
    const { code, stderr } = await runMain(line.trim().split(/\s+/));
    expect({ code, stderr }).toMatchObject({ code: expect.toBeOneOf([0, 1]) });
  });

  test("shows a policy that loads", async () => {
    const policy = /```yaml\n(?<text>[^`]+)```/.exec(README)?.groups?.["text"] ?? "";
    const { code } = await runMain(["policy", "compile", "--policy", "-"], { stdin: policy });
    expect(code).toBe(0);
  });
});
