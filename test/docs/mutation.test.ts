import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutationParts } from "../mutation/parts.ts";

const PAGE = "docs/mutation.md";

describe.each(Object.entries(mutationParts))("the part %s of the mutation tests", (_, part) => {
  it.each([...part.mutate, ...part.tests])("has files of the form %s", (pattern) => {
    const alternatives = /^(.*)\{(.+)\}(.*)$/.exec(pattern);
    const [, before = "", list = "", after = ""] = alternatives ?? [];
    const each = alternatives === null ? [pattern] : list.split(",").map((one) => `${before}${one}${after}`);
    expect(each.filter((one) => globSync(one).length === 0)).toEqual([]);
  });
});

it("the page of scores names only files that exist", () => {
  const names = [...readFileSync(PAGE, "utf8").matchAll(/`((?:lib|test)\/[\w./-]+)`/g)].map(([, name = ""]) => name);
  expect(
    names.filter((name) => !existsSync(name)),
    `${PAGE}: say where what these files held is now`,
  ).toEqual([]);
});
