import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { expectedBad } from "../../../lib/core/isolate/expected-bad.ts";

test("where nothing was tested, a batch that was refused is taken to hold one bad resource", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), (size) => expectedBad({ bad: 0, tested: 0 }, size) === 1));
});

test.each([
  [10, 50, 50, 5.5],
  [10, 50, 20, 22 / 7],
  [30, 150, 50, 7.75],
  [10, 200, 50, 2.2],
])("%i bad ones of %i make a batch of %i likely to hold %d", (bad, tested, size, expected) => {
  expect(expectedBad({ bad, tested }, size)).toBeCloseTo(expected, 10);
});
