import { describe, expect, test } from "vitest";
import { anyGlobMatcher, globMatcher, globsMeet } from "../../lib/core/glob.ts";
import * as fc from "../properties.ts";

const globs = fc.array(fc.constantFrom("a", "b", "*", ":"), { maxLength: 8 }).map((parts) => parts.join(""));
const texts = fc.array(fc.constantFrom("a", "b", ":"), { maxLength: 10 }).map((parts) => parts.join(""));

/** The plain reading of a glob, however slow. */
function reference(glob: string, text: string): boolean {
  if (glob === "") return text === "";
  if (glob.startsWith("*")) {
    return Array.from({ length: text.length + 1 }, (_, skip) => text.slice(skip)).some((rest) =>
      reference(glob.slice(1), rest),
    );
  }
  return text !== "" && text[0] === glob[0] && reference(glob.slice(1), text.slice(1));
}

describe("a glob", () => {
  test("matches as its plain reading does", () => {
    fc.assert(
      fc.property(globs, texts, (glob, text) => {
        expect(globMatcher(glob)(text)).toBe(reference(glob, text));
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ["cn-*", "cn-hangzhou", true],
    ["cn-*", "cn-", true],
    ["cn-*", "us-cn-1", false],
    ["*", "", true],
    ["a*a", "a", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["alibaba:*:api*", "alibaba:apigateway:apiGroup", true],
  ])("%s on %s: %s", (glob, text, expected) => {
    expect(globMatcher(glob)(text)).toBe(expected);
  });

  test("of many stars takes no time on a text that nearly matches", () => {
    expect(globMatcher("*a".repeat(2_000) + "b")("a".repeat(200_000))).toBe(false);
  });

  test("a list matches where any of it does, and no list matches all", () => {
    expect(anyGlobMatcher(["a*", "*b"])("xb")).toBe(true);
    expect(anyGlobMatcher(["a*", "*b"])("xc")).toBe(false);
    expect(anyGlobMatcher(undefined)("anything")).toBe(true);
  });
});

describe("two globs", () => {
  test("meet where a text matches both", () => {
    fc.assert(
      fc.property(globs, globs, texts, (one, other, text) => {
        if (globMatcher(one)(text) && globMatcher(other)(text)) expect(globsMeet(one, other)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ["aws:ec2:*", "aws:*:*", true],
    ["aws:*:instance", "aws:ec2:*", true],
    ["aws:ec2:*", "aws:s3:*", false],
    ["huawei:*", "aws:*:*", false],
    ["*", "", true],
    ["a", "a", true],
  ])("%s and %s: %s", (one, other, expected) => {
    expect(globsMeet(one, other)).toBe(expected);
    expect(globsMeet(other, one)).toBe(expected);
  });
});
