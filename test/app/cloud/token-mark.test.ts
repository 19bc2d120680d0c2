import { expect, test } from "vitest";
import { markToken, type TokenMark } from "../../../lib/app/cloud/token-mark.ts";
import { assert, integer, property } from "../../properties.ts";

/** How many tokens are taken in before a circle is found; undefined where none is found in `most`. */
function found(tokenAt: (n: number) => string, most: number): number | undefined {
  let mark: TokenMark | undefined;
  for (let n = 0; n < most; n++) {
    mark = markToken(mark, tokenAt(n));
    if (mark === undefined) return n + 1;
  }
  return undefined;
}

test("any circle is found, within three times its length and the way to it", () => {
  assert(
    property(integer({ min: 0, max: 300 }), integer({ min: 1, max: 300 }), (way, circle) => {
      const tokenAt = (n: number) => String(n < way ? n : way + ((n - way) % circle));
      expect(found(tokenAt, 3 * (way + circle) + 2)).toBeGreaterThan(circle);
    }),
  );
});

test("a listing whose tokens all differ has no circle", () => {
  expect(found(String, 5_000)).toBeUndefined();
});
