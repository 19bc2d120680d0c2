import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const PAGE = readFileSync("docs/invariants.md", "utf8");
const CITED = [...PAGE.matchAll(/^\|.*\| `(?<file>test\/\S+)`: (?<title>.+) \|$/gm)].map(({ groups }) => ({
  file: groups?.["file"] ?? "",
  title: groups?.["title"] ?? "",
}));

describe("docs/invariants.md", () => {
  test("names a test in each row of its tables", () => {
    const rows = PAGE.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| rule"));
    expect(CITED).toHaveLength(rows.length);
  });

  test.each(CITED)("$file has a test: $title", ({ file, title }) => {
    expect(existsSync(file), `${file} doesn't exist`).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(title);
  });
});
