import { describe, expect, test } from "vitest";
import * as fc from "../../properties.ts";
import { padded, shortened, widthOf, wrapped } from "../../../cli/output/text-cell.ts";

describe("how wide a terminal draws", () => {
  test.each([
    ["ASCII", "orders-api", 10],
    ["Han, two columns each", "订单服务", 8],
    ["kana and Hangul", "タグ 한국", 9],
    ["full-width Latin", "ＡＢ", 4],
    ["a letter with a combining accent: one", "e\u0301", 1],
    ["Hebrew with points, which take no room", "שָׁלוֹם", 4],
    ["Arabic", "مرحبا", 5],
    ["an emoji", "🚀", 2],
    ["Thai with marks above", "ที่", 1],
    ["accents that are part of the letter", "naïve", 5],
  ])("%s", (_name, text, width) => {
    expect(widthOf(text)).toBe(width);
    expect(widthOf(padded(text, 12))).toBe(12);
    expect(widthOf(padded(text, 12, "right"))).toBe(12);
  });
});

const text = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom("订单", "e\u0301", "שָׁ", "🚀", " ", "arn:aws:s3:::b/", "x".repeat(30)),
    fc.string({ unit: "grapheme" }),
  ),
  { maxLength: 8 },
);

describe("a wrapped text", () => {
  test("has no line that is too wide, and leaves out nothing but blanks at the ends of lines", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (parts, width) => {
        const whole = parts.join("").replaceAll(/\p{C}/gu, "");
        const lines = wrapped(whole, width);
        // A character that is wider than the line has a line of its own.
        for (const line of lines)
          expect(widthOf(line) <= width || [...new Intl.Segmenter().segment(line)].length === 1).toBe(true);
        expect(lines.join("").replaceAll(/\s/g, "")).toBe(whole.replaceAll(/\s/g, ""));
      }),
    );
  });

  test("breaks at blanks, else between the parts of a name, else anywhere", () => {
    expect(wrapped("no default fits this resource", 12)).toEqual(["no default", "fits this", "resource"]);
    expect(wrapped("arn:aws:ec2:us-east-1:444455556666:instance/i-1", 24)).toEqual([
      "arn:aws:ec2:us-east-1:",
      "444455556666:instance/i-",
      "1",
    ]);
    expect(wrapped("5b7c0d5f0c3e4f4e", 10)).toEqual(["5b7c0d5f0c", "3e4f4e"]);
    expect(wrapped("订单服务订单服务", 6)).toEqual(["订单服", "务订单", "服务"]);
  });

  test("never comes apart between a letter and its accent", () => {
    expect(wrapped("e\u0301".repeat(4), 2)).toEqual(["e\u0301e\u0301", "e\u0301e\u0301"]);
  });

  test("of 10 KB ends with how much is left out", () => {
    const lines = wrapped("n".repeat(10_240), 20, 4);
    expect(lines).toEqual(["n".repeat(20), "n".repeat(20), "n".repeat(20), "… 10,180 more"]);
  });
});

test("a text in one line says where something is left out, and fits", () => {
  expect(shortened("short", 10)).toBe("short");
  expect(shortened("5b7c0d5f0c3e4f4e", 10)).toBe("5b7c0d5f0…");
  expect(widthOf(shortened("订单服务订单服务", 10))).toBeLessThanOrEqual(10);
});
