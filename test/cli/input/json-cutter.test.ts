import { describe, expect, test } from "vitest";
import { BrokenOff, cutJson, type Cut } from "../../../cli/input/json-cutter.ts";
import * as fc from "../../properties.ts";

/** The cuts of a text that comes in pieces of so many characters, and how it broke off. */
async function cuts(text: string, size = text.length): Promise<{ all: Cut[]; brokenOff?: string }> {
  async function* pieces() {
    for (let from = 0; from < text.length; from += Math.max(1, size)) yield text.slice(from, from + Math.max(1, size));
  }
  const all: Cut[] = [];
  try {
    for await (const cut of cutJson(pieces())) all.push(cut);
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    return { all, brokenOff: `${error.place} ${error.message}` };
  }
  return { all };
}

const values = ({ all }: { all: readonly Cut[] }) => all.map((cut) => ("value" in cut ? cut.value : cut.problem));

/** Texts in which all that means something in JSON stands in quotes. */
const tricky = fc.string({ unit: fc.constantFrom("a", '"', "\\", "{", "}", "[", "]", ",", ":", "\n", "é", "😀", " ") });
const anyValue = fc.jsonValue({ maxDepth: 3 });
/** An element that is none of the forms which hold others. */
const event = fc.record({ id: tricky, detail: anyValue, tags: fc.dictionary(tricky, tricky), n: fc.double() });

/** How people keep the same elements, and how the text comes to look. */
const ARRANGEMENTS = {
  "one a line": (events: readonly unknown[]) => events.map((one) => `${JSON.stringify(one)}\n`).join(""),
  "one a line, CRLF": (events: readonly unknown[]) => events.map((one) => `${JSON.stringify(one)}\r\n`).join(""),
  "right behind each other": (events: readonly unknown[]) => events.map((one) => JSON.stringify(one)).join(""),
  "pretty behind each other": (events: readonly unknown[]) =>
    events.map((one) => JSON.stringify(one, undefined, 2)).join("\n"),
  "pretty, with tabs, right behind each other": (events: readonly unknown[]) =>
    events.map((one) => JSON.stringify(one, undefined, "\t")).join(""),
  "a list": (events: readonly unknown[]) => JSON.stringify(events),
  "a pretty list": (events: readonly unknown[]) => JSON.stringify(events, undefined, 2),
  "a list of one a line": (events: readonly unknown[]) =>
    `[\n${events.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`,
  "a pretty log file": (events: readonly unknown[]) => JSON.stringify({ Records: events }, undefined, 2),
  "a log file of one a line": (events: readonly unknown[]) =>
    `{"Records":[\n${events.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`,
  "a log file for each": (events: readonly unknown[]) =>
    events.map((one) => JSON.stringify({ Records: [one] }, undefined, 1)).join("\n"),
  "a list with fields before and behind it": (events: readonly unknown[]) =>
    JSON.stringify(
      { messageType: "DATA_MESSAGE", filters: ["a"], logEvents: events, more: { Records: 1 } },
      undefined,
      2,
    ),
} as const;

describe("a text is cut into its elements", () => {
  test.each(Object.entries(ARRANGEMENTS))("%s, whatever they hold and wherever its pieces end", async (_, arrange) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (events, size) => {
          const expected: unknown = JSON.parse(JSON.stringify(events));
          const found = await cuts(arrange(events), size);
          expect(found.brokenOff).toBeUndefined();
          // A log file or list on a line of its own is one document, which needs no cutting.
          expect(values(found).flatMap(withoutList)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("documents of different arrangements may follow each other, with byte order marks between them", async () => {
    const all = Object.values(ARRANGEMENTS).map((arrange) => arrange([{ id: "x" }, { id: "y" }]));
    const found = await cuts(all.join("\ufeff\n"), 7);
    expect(found.brokenOff).toBeUndefined();
    expect(values(found).flatMap(withoutList)).toEqual(all.flatMap(() => [{ id: "x" }, { id: "y" }]));
  });

  test("a long document is handed on element by element, and never held as a whole", async () => {
    let given = 0;
    let longest = 0;
    async function* pieces() {
      yield '{"Records":[';
      for (let number = 0; number < 2_000; number += 1) {
        given += 1;
        yield `${number === 0 ? "" : ","}{"number":${number},"filler":"${"x".repeat(10_000)}"}`;
      }
      yield "]}";
    }
    let seen = 0;
    for await (const cut of cutJson(pieces())) {
      expect(cut).toMatchObject({ path: [seen + 1], value: { number: seen } });
      seen += 1;
      longest = Math.max(longest, given - seen);
    }
    expect(seen).toBe(2_000);
    expect(longest).toBeLessThan(LINE_OF_RECORDS);
  });
});

/** So many of the test's records make the longest line that is tried as a whole. */
const LINE_OF_RECORDS = 120;

function withoutList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const [list] = Object.values((value ?? {}) as Record<string, unknown>).filter(
    (one, index) => Array.isArray(one) && ["Records", "logEvents"].includes(Object.keys(value as object)[index] ?? ""),
  );
  return Array.isArray(list) ? list : [value];
}

describe("a text that is not whole", () => {
  const ANY_ARRANGEMENT = fc.constantFrom(...Object.values(ARRANGEMENTS));

  test("never looks whole: wherever it ends too early, it breaks off, and what was handed on is right", async () => {
    await fc.assert(
      fc.asyncProperty(
        ANY_ARRANGEMENT,
        fc.array(event, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        async (arrange, events, cut, size) => {
          const whole = arrange(events);
          const text = whole.slice(0, cut % whole.length);
          const found = await cuts(text, size);
          const expected = JSON.parse(JSON.stringify(events)) as unknown[];
          const handed = values(found).flatMap(withoutList);
          expect(handed).toEqual(expected.slice(0, handed.length));
          // Between two documents nobody can tell that there should be another.
          if (found.brokenOff === undefined) expect(isWhole(text)).toBe(true);
          else expect(found.brokenOff).toContain("ends too early");
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([
    ["a list in its middle", '{"Records":[\n{"a":1},\n{"a" 2},\n{"a":3}\n]}', [{ a: 1 }], "3:6 not valid JSON"],
    ["a pretty document", '{\n  "a": [\n    1,\n    2 }\n  ]\n}', [], "4:7 not valid JSON"],
    ["the second of two documents", '{"a":1}\n{\n "b" 2\n}\n', [{ a: 1 }], "3:6 not valid JSON"],
    ["something else behind a document", '{"a":1}\nhello\n', [{ a: 1 }], "2:1 not valid JSON"],
    ["a comma too many", '[{"a":1},]', [{ a: 1 }], "1:10 not valid JSON"],
  ])("is named with the line and column where %s stops being JSON", async (_, text, before, brokenOff) => {
    expect(await cuts(text).then((found) => [values(found), found.brokenOff])).toEqual([before, brokenOff]);
    expect((await cuts(text, 1)).brokenOff).toBe(brokenOff);
  });

  test.each([
    [
      "in its middle",
      ['{"a":1}', '{"b" 2}', '{"c":3}'],
      [{ a: 1 }, "not valid JSON; the fault is at character 6", { c: 3 }],
    ],
    ["in a text", ['{"a":1}', '{"b":"cut', '{"c":3}'], [{ a: 1 }, "not valid JSON; it ends too early", { c: 3 }]],
    [
      "behind a colon",
      ['{"a":1}', '{"b":', '{"c":3}', '{"d":4}'],
      [{ a: 1 }, "not valid JSON; it ends too early", { c: 3 }, { d: 4 }],
    ],
    [
      "in a list",
      ['{"a":1}', '{"Records":[{"b":2},{"b"', '{"c":3}'],
      [{ a: 1 }, "not valid JSON; it ends too early", { c: 3 }],
    ],
    [
      "first",
      ["{broken", "again", '{"c":3}'],
      ["not valid JSON; the fault is at character 2", "not valid JSON", { c: 3 }],
    ],
  ])("goes on after a line that is broken %s, where each has a line of its own", async (_, lines, expected) => {
    for (const size of [1, 5, 1_000]) {
      const found = await cuts(`${lines.join("\n")}\n`, size);
      expect(found.brokenOff).toBeUndefined();
      expect(values(found)).toEqual(expected);
    }
  });

  test("that is broken line after line is no recording of one document a line", async () => {
    const found = await cuts(`{"a":1}\n${"{broken\n".repeat(30)}{"b":2}\n`);
    expect([values(found), found.brokenOff]).toEqual([[{ a: 1 }], "2:2 not valid JSON"]);
  });

  test("of one value that is longer than any event is given up", async () => {
    const found = await cuts(`{"a":"${"x".repeat(17 * 1024 * 1024)}`, 1024 * 1024);
    expect(found.brokenOff).toBe("1:1 one value is longer than 16 MB, which no event is");
  });
});

/** Whether each document of a text is whole. */
function isWhole(text: string): boolean {
  const documents = text.trim();
  if (documents === "") return true;
  for (let end = documents.length; end > 0; end -= 1) {
    try {
      JSON.parse(documents.slice(0, end));
    } catch {
      continue;
    }
    return isWhole(documents.slice(end));
  }
  return false;
}
