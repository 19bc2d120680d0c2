import * as fc from "../properties.ts";
import { describe, expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { checkRunName, journalText, runName, type JournalEntry, parseJournal } from "../../lib/core/journal.ts";

const PLACE = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  at: "2026-11-22T12:00:00.000Z",
};
const ENTRY = { ...PLACE, id: "g1", key: "env", value: "dev", policyHash: "abc" } satisfies JournalEntry;

const entries = fc.array(
  fc
    .record(
      {
        id: fc.constantFrom("g1", "g2", "ü\u2028\n"),
        key: fc.constantFrom("env", "__proto__", ""),
        project: fc.string(),
        tag: fc.oneof(
          fc.record({ value: fc.string({ unit: "grapheme" }), before: fc.string() }, { requiredKeys: ["value"] }),
          fc.record({ before: fc.string() }),
        ),
        policyHash: fc.string(),
        eventId: fc.string(),
        requestId: fc.string(),
        unconfirmed: fc.constant(true as const),
      },
      { requiredKeys: ["id", "key", "tag"] },
    )
    .map(({ tag, ...fields }): JournalEntry => ({ ...PLACE, ...fields, ...tag })),
  { maxLength: 12 },
);

describe("the text of a journal", () => {
  test("has one line for each tag, the resource's fields first", () => {
    expect(journalText([{ ...ENTRY, before: "", eventId: "e1", requestId: "r1", unconfirmed: true }])).toBe(
      '{"type":"alibaba:apigateway:apiGroup","account":"111122223333","region":"cn-hangzhou","id":"g1","key":"env","value":"dev","before":"","policyHash":"abc","eventId":"e1","requestId":"r1","at":"2026-11-22T12:00:00.000Z","unconfirmed":true}\n',
    );
  });

  test("has no value where a tag was taken off, and no policies where nobody's asked for it", () => {
    const { value: _value, policyHash: _policyHash, ...takenOff } = ENTRY;
    expect(journalText([{ ...takenOff, before: "prod" }])).toBe(
      '{"type":"alibaba:apigateway:apiGroup","account":"111122223333","region":"cn-hangzhou","id":"g1","key":"env","before":"prod","at":"2026-11-22T12:00:00.000Z"}\n',
    );
  });

  test("is read as earlier versions wrote it", () => {
    const earlier =
      '{"type":"alibaba:apigateway:apiGroup","account":"111122223333","region":"cn-hangzhou","id":"g1","key":"env","value":"dev","before":"","policyHash":"49fb","eventId":"e1","requestId":"8B01","at":"2026-11-22T10:15:00.204Z"}\n';
    expect(journalText(parseJournal(earlier, "journal"))).toBe(earlier);
  });

  test("is the same whatever the order of its entries, and of their fields", () => {
    const several = ["g2", "g1", "g3"].map((id) => ({ ...ENTRY, id }));
    const turned = several.toReversed().map(({ at, policyHash, ...entry }) => ({ at, policyHash, ...entry }));
    expect(journalText(turned)).toBe(journalText(several));
  });

  test("comes back as it was written, whatever keys and values hold", () => {
    fc.assert(
      fc.property(entries, (written) => {
        const sortedLines = (all: readonly JournalEntry[]) => all.map((one) => journalText([one])).sort();
        expect(sortedLines(parseJournal(journalText(written), "journal"))).toEqual(sortedLines(written));
      }),
    );
  });
});

describe("a line that is none of a journal", () => {
  test.each([
    ["cut off", '{"type":"a'],
    ["null", "null"],
    ["a list", "[]"],
    ["without a value, before or after", JSON.stringify({ ...ENTRY, value: undefined })],
    ["with a number for a value", JSON.stringify({ ...ENTRY, value: 1 })],
    ["with null for what was there before", JSON.stringify({ ...ENTRY, before: null })],
  ])("%s is an error that names it", (_name, line) => {
    const text = `${journalText([ENTRY])}${line}\n`;
    expect(() => parseJournal(text, "j.ndjson")).toThrow(InputError);
    expect(() => parseJournal(text, "j.ndjson")).toThrow("j.ndjson:2: is no line of a journal");
  });
});

describe("the name of a run", () => {
  test("begins with its UTC date", () => {
    const run = runName(Date.UTC(2026, 10, 22, 23, 59), "0a1b");
    expect(run).toBe("2026-11-22.0a1b");
    expect(() => checkRunName(run)).not.toThrow();
  });

  test.each([
    "",
    "x",
    "2026-11-22",
    "2026-11-22.",
    "2026-11-22.a/b",
    "2026-11-22.a..",
    "../2026-11-22.a",
    "2026-11-22.a\n",
  ])("%j is refused", (run) => {
    expect(() => checkRunName(run)).toThrow(InputError);
  });
});
