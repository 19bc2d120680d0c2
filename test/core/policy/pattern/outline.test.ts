import { expect, test } from "vitest";
import { compilePattern } from "../../../../lib/core/policy/pattern/compile.ts";
import { areApart, type Outline } from "../../../../lib/core/policy/pattern/outline.ts";
import * as fc from "../../../properties.ts";
import { patterns, texts } from "./pattern-arbitrary.ts";

function outlineOf(pattern: string): Outline | undefined {
  const result = compilePattern(pattern);
  return "pattern" in result ? result.outline() : undefined;
}

function areTold(one: string, other: string): boolean {
  const [mine, theirs] = [outlineOf(one), outlineOf(other)];
  if (mine === undefined || theirs === undefined) throw new Error("a pattern has no outline");
  return areApart(mine, theirs);
}

function matches(pattern: string, value: string): boolean {
  const result = compilePattern(pattern);
  return "pattern" in result && new RegExp(result.pattern.source, result.pattern.flags).test(value);
}

/** All words of two letters that are this long at most. */
const WORDS = Array.from({ length: 7 }, (_, length) => length).flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, bits) => bits.toString(2).padStart(length, "0").slice(0, length)),
);

const parts = fc.constantFrom("0", "1", "[01]", "0?", "1*", "(?:01|1)", "(?:0|11){2}", "(?:10)+", "$", "^");
const small = fc.array(parts, { minLength: 1, maxLength: 5 }).map((some) => some.join(""));

test("patterns that a value matches both are never called apart", () => {
  let apart = 0;
  fc.assert(
    fc.property(small, small, (one, other) => {
      const [mine, theirs] = [outlineOf(one), outlineOf(other)];
      if (mine === undefined || theirs === undefined || !areApart(mine, theirs)) return;
      apart += 1;
      const [first, second] = [one, other].map((pattern) => new RegExp(`^(?:${pattern})$`, "u"));
      expect(WORDS.filter((word) => first?.test(word) === true && second?.test(word) === true)).toEqual([]);
    }),
  );
  expect(apart).toBeGreaterThan(10);
});

test("a value fits the outline of each pattern that it matches", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, value) => {
      const outline = outlineOf(pattern);
      if (outline === undefined || value.trim() === "" || !matches(pattern, value)) return;
      const { length } = [...value];
      expect(length).toBeGreaterThanOrEqual(outline.shortest);
      expect(length).toBeLessThanOrEqual(outline.longest ?? Infinity);
      expect(areTold(pattern, [...value].map((one) => `\\x{${(one.codePointAt(0) ?? 0).toString(16)}}`).join(""))).toBe(
        false,
      );
    }),
  );
});

test.each([
  ["prod", "dev"],
  ["(?:eu|us)-[0-9]", "[a-z]{2}_[0-9]"],
  [".*-prod", ".*-dev"],
  ["[0-9]{4}", "[0-9]{5,}"],
  ["a", "(?:bb)+"],
])("%s and %s are told apart", (one, other) =>
  expect([areTold(one, other), areTold(other, one)]).toEqual([true, true]),
);

test.each([
  ["prod.*", ".*dev"],
  ["[a-z]+", "[a-z]{3}"],
  [".*", "x"],
  ["(?:ab)*c", "(?:ba)*c"],
  ["a", "(?:bb)*"],
])("%s and %s are not", (one, other) => expect([areTold(one, other), areTold(other, one)]).toEqual([false, false]));
