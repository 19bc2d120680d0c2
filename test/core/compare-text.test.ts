import { expect, test } from "vitest";
import { compareText } from "../../lib/core/compare-text.ts";

test("texts are ordered by their code units, whatever the locale", () => {
  expect(["ä", "b", "Z", "a", "", "ab"].sort(compareText)).toEqual(["", "Z", "a", "ab", "b", "ä"]);
});

test("equal texts are equal", () => {
  expect(compareText("a", "a")).toBe(0);
});
