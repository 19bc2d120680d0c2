import * as fc from "../../properties.ts";
import { describe, expect, it } from "vitest";
import { CSV_BEGINNING, csvFinding, csvRow } from "../../../lib/core/report/csv.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import { HOSTILE, breaking, NONCOMPLIANT } from "./findings.ts";

/** Reads one row as RFC 4180 has it. */
function parseRow(row: string): string[] {
  const cells: string[] = [];
  let at = 0;
  do {
    if (row[at] === '"') {
      let cell = "";
      for (at += 1; ; at += 1) {
        if (at >= row.length) throw new Error("a quote is never closed");
        if (row[at] !== '"') cell += row[at];
        else if (row[at + 1] === '"') {
          cell += '"';
          at += 1;
        } else break;
      }
      at += 1;
      cells.push(cell);
    } else {
      const end = row.slice(at).search(/[,\r]/u) + at;
      const cell = row.slice(at, end);
      if (/["\n]/u.test(cell)) throw new Error(`not quoted: ${cell}`);
      cells.push(cell);
      at = end;
    }
  } while (row[at++] === ",");
  if (row.slice(at - 1) !== "\r\n") throw new Error("no CR LF ends the row");
  return cells;
}

const HEADINGS = parseRow(CSV_BEGINNING.slice(1));

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...HOSTILE),
  fc.stringMatching(/^[=+\-@＝＋－＠\t\r,"\n a]{1,5}$/u),
  fc.stringMatching(/^[0-9., Ee+-]{1,14}$/u),
);

describe("csvRow", () => {
  it("gives every cell back, but for an apostrophe in front", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1 }), (cells) => {
        const read = parseRow(csvRow(cells));
        expect(read.map((cell, index) => (cell === `'${cells[index]}` ? cells[index] : cell))).toEqual(cells);
      }),
    );
  });

  it("lets no cell begin like a formula, nor be a number that reads otherwise", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [cell = ""] = parseRow(csvRow([text]));
        expect(cell).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/u);
        const read = Number(cell);
        if (cell.trim() !== "" && !Number.isNaN(read) && /\d/u.test(cell)) expect(String(read)).toBe(cell);
      }),
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])("defuses %j", (value) => {
    expect(parseRow(csvRow([value]))).toEqual([`'${value}`]);
  });

  it.each(["＝1+1", "＋1", "－1", "＠SUM(A1)"])(
    "defuses %s, which spreadsheets of East Asia read as the narrow sign",
    (value) => {
      expect(parseRow(csvRow([value]))).toEqual([`'${value}`]);
    },
  );

  it.each([" =1+1", "\u00A0=1", "\u3000＝1", "\u200B=1", "\uFEFF=1"])(
    "defuses %j behind what looks like nothing",
    (value) => {
      expect(parseRow(csvRow([value]))).toEqual([`'${value}`]);
    },
  );

  it.each(["111122223333", "1111222233334444", "0012", "1E5", "123e45", "1.10", "1,5", " 7"])(
    "keeps %j the text that it is",
    (value) => {
      expect(parseRow(csvRow([value]))).toEqual([`'${value}`]);
    },
  );

  it("leaves a cell alone that is neither a formula nor a number that reads otherwise", () => {
    expect(csvRow(["a=1", "arn:aws:s3:::b", "", "42", "d0001", "2026-11-22"])).toBe(
      "a=1,arn:aws:s3:::b,,42,d0001,2026-11-22\r\n",
    );
  });
});

describe("csvFinding", () => {
  it("has a cell for each heading", () => {
    expect(parseRow(csvFinding(NONCOMPLIANT))).toHaveLength(HEADINGS.length);
    expect(HEADINGS).toContain("owner");
  });

  it("begins with the mark by which spreadsheets know UTF-8", () => {
    expect(CSV_BEGINNING.startsWith("\uFEFFcompliance,")).toBe(true);
  });

  it("says what is missing and what is wrong", () => {
    const finding = {
      ...NONCOMPLIANT,
      missing: ["env", "team"],
      invalid: [{ key: "cost", value: "x", reason: "must be a number" }],
    };
    const row = parseRow(csvFinding(finding));
    expect(row).toContain("env; team");
    expect(row).toContain('cost="x" must be a number');
  });

  it("shows what somebody wrote into a tag so that its oddity is seen", () => {
    const invalid = [{ key: "cost", value: "1\u00a0", reason: "must be a number" }];
    const row = parseRow(csvFinding({ ...NONCOMPLIANT, invalid, nearMisses: [{ key: "env", found: "env " }] }));
    expect(row).toContain(String.raw`cost="1\u{a0}" must be a number`);
    expect(row).toContain('"env " for env');
  });

  it("says since when it is a finding, whether it is new, and why its tags are unknown", () => {
    const cellsOf = (finding: Finding) => {
      const cells = parseRow(csvFinding(finding));
      return Object.fromEntries(HEADINGS.map((heading, index) => [heading, cells[index]]));
    };
    const known = { firstSeen: "2026-11-20T02:00:00.000Z", state: "open" } as const;
    expect(cellsOf({ ...NONCOMPLIANT, ...known })).toMatchObject(known);
    expect(cellsOf(NONCOMPLIANT)).toMatchObject({ firstSeen: "", state: "", code: "" });
    const unknown = { ...NONCOMPLIANT, compliance: "unknown", missing: [], code: "TagsUnreadable" } as const;
    expect(cellsOf(unknown)).toMatchObject({ compliance: "unknown", missing: "", code: "TagsUnreadable" });
  });

  it("never lets a cell begin like a formula, whatever a resource is called", () => {
    fc.assert(
      fc.property(texts, texts, (id, owner) => {
        const finding = { ...NONCOMPLIANT, id, owner, missing: [id], ...breaking(owner), firstSeen: owner };
        const cells = parseRow(csvFinding(finding));
        expect(cells.filter((cell) => /^[=+\-@\t\r]/u.test(cell))).toEqual([]);
      }),
    );
  });
});

describe("what can't be seen", () => {
  it.each([
    ["owner", { owner: "te\u200bam" }, "te\\u{200b}am"],
    ["id", { id: "r\u00a01" }, "r\\u{a0}1"],
    ["missing", { missing: ["en\u2060v"] }, "en\\u{2060}v"],
    ["policies", { policies: ["all\u200b"] }, "all\\u{200b}"],
  ])("is escaped in the column %s", (heading, difference, shown) => {
    expect(parseRow(csvFinding({ ...NONCOMPLIANT, ...difference }))[HEADINGS.indexOf(heading)]).toBe(shown);
  });
});
