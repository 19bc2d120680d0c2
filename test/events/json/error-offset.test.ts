import { describe, expect, test } from "vitest";
import { jsonErrorOffset } from "../../../lib/events/json/error-offset.ts";
import * as fc from "../../properties.ts";

describe("the offset where a text stops being JSON", () => {
  test.each([
    ["", 0],
    ["  ", 2],
    ["x", 0],
    ["{a:1}", 1],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{"a":1 "b":2}', 7],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["[1}", 2],
    ["1 2", 2],
    ["01", 1],
    ["-", 0],
    ['"\\x"', 1],
    ['"a\nb"', 2],
    ['{"a":"b', 7],
    ["[[", 2],
    ["truth", 0],
  ])("of %j is %i", (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  test("of any JSON is its length", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonErrorOffset(text)).toBe(text.length);
      }),
    );
  });

  test("splits any broken text into a part that may still become JSON and a character that spoils it", () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"x0-\\ \n'))
      .map(([text, at, char]) => text.slice(0, at % (text.length + 1)) + char + text.slice(at % (text.length + 1)))
      .filter((text) => !isJson(text));
    fc.assert(
      fc.property(broken, (text) => {
        const said = positionInMessage(text);
        if (said !== undefined) expect(jsonErrorOffset(text)).toBeLessThanOrEqual(said);
        expect(jsonErrorOffset(text)).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("is found in a megabyte of open brackets and in a string of a megabyte", () => {
    expect(jsonErrorOffset("[".repeat(1e6))).toBe(1e6);
    expect(jsonErrorOffset(`["${"a".repeat(1e6)}" 1]`)).toBe(1e6 + 4);
  });
});

function isJson(text: string): boolean {
  return positionInMessage(text) === undefined && parses(text);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** V8 says the position in some of its messages. */
function positionInMessage(text: string): number | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    const match = error instanceof SyntaxError ? / at position (\d+)/.exec(error.message) : null;
    return match === null ? undefined : Number(match[1]);
  }
  return undefined;
}
