import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const PAGE = readFileSync("docs/operations.md", "utf8");
const TEMPLATE = readFileSync("serverless.yml", "utf8");
const ALARMS = [...TEMPLATE.matchAll(/^ {4}([A-Za-z]+Alarm):$/gm)].map(([, name = ""]) => name);
const SECTIONS = [...PAGE.matchAll(/^### (\S+)$/gm)].map(([, name = ""]) => name);

describe("docs/operations.md", () => {
  test("has a section for each alarm in serverless.yml, and for no other", () => {
    expect(ALARMS.length).toBeGreaterThan(10);
    expect(SECTIONS.toSorted()).toEqual(ALARMS.toSorted());
  });

  test("links to sections that exist", () => {
    const headings = [...PAGE.matchAll(/^##+ (.+)$/gm)].map(([, name = ""]) => name);
    const known = new Set(headings.map((name) => name.toLowerCase().replaceAll(" ", "-")));
    const links = [...PAGE.matchAll(/\(#([a-z-]+)\)/g)].map(([, anchor = ""]) => anchor);
    expect(links.filter((anchor) => !known.has(anchor))).toEqual([]);
  });
});
