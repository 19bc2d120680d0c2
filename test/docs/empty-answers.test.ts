import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readsOf } from "../providers/reads.ts";

const ROW =
  /^\| `(?<action>[a-z]+:[a-z0-9-]+:\w+)` \|(?<cells>.*)\| (?<proves>[^|]+) \| `(?<file>test\/\S+)`: (?<title>[^|]+) \|$/gm;
const rows = [...readFileSync("docs/providers/empty-answers.md", "utf8").matchAll(ROW)].map(({ groups }) => ({
  action: groups?.["action"] ?? "",
  proves: groups?.["proves"] ?? "",
  file: groups?.["file"] ?? "",
  title: groups?.["title"] ?? "",
}));

describe("docs/providers/empty-answers.md", () => {
  test("has one row for each read of each provider, and none for anything else", () => {
    expect(rows.map(({ action }) => action).sort()).toEqual(
      readsOf()
        .map(({ action }) => action)
        .sort(),
    );
  });

  test.each(rows)("names a test that exists in the row of $action", ({ file, title }) => {
    expect(existsSync(file), `${file} doesn't exist`).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(title);
  });

  test("says that nothing is proved where the contract says what else no rows may mean, and nowhere else", () => {
    const unproven = readsOf().filter(({ emptyMayMean }) => emptyMayMean !== undefined);
    const said = rows.filter(({ proves }) => proves === "nothing");
    expect(said.map(({ action }) => action).sort()).toEqual(unproven.map(({ action }) => action).sort());
  });
});
