import * as fc from "../../properties.ts";
import { describe, expect, it } from "vitest";
import { CSV_HEADING, csvFinding, csvRow } from "../../../lib/core/report/csv.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import { HOSTILE, NONCOMPLIANT } from "./findings.ts";

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

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...HOSTILE),
  fc.stringMatching(/^[=+\-@\t\r,"\n a]{1,5}$/u),
);

describe("csvRow", () => {
  it("gives every cell back, but for the apostrophe before what would be a formula", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1 }), (cells) => {
        const wanted = cells.map((cell) => (/^[=+\-@\t\r\n]/u.test(cell) ? `'${cell}` : cell));
        expect(parseRow(csvRow(cells))).toEqual(wanted);
      }),
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])("defuses %j", (value) => {
    expect(parseRow(csvRow([value]))).toEqual([`'${value}`]);
  });

  it("leaves a cell alone that is no formula", () => {
    expect(csvRow(["a=1", "arn:aws:s3:::b", ""])).toBe("a=1,arn:aws:s3:::b,\r\n");
  });
});

describe("csvFinding", () => {
  it("has a cell for each heading", () => {
    const headings = parseRow(CSV_HEADING);
    expect(parseRow(csvFinding(NONCOMPLIANT))).toHaveLength(headings.length);
    expect(headings).toContain("owner");
  });

  it("says what is missing and what is wrong", () => {
    const finding = {
      ...NONCOMPLIANT,
      missing: ["env", "team"],
      invalid: [{ key: "cost", value: "x", reason: "must be a number" }],
    };
    const row = parseRow(csvFinding(finding));
    expect(row).toContain("env; team");
    expect(row).toContain("cost=x must be a number");
  });

  it("says since when it is a finding, whether it is new, and why its tags are unknown", () => {
    const cellsOf = (finding: Finding) => {
      const cells = parseRow(csvFinding(finding));
      return Object.fromEntries(parseRow(CSV_HEADING).map((heading, index) => [heading, cells[index]]));
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
        const finding = { ...NONCOMPLIANT, id, owner, missing: [id], policies: [owner], firstSeen: owner };
        const cells = parseRow(csvFinding(finding));
        expect(cells.filter((cell) => /^[=+\-@\t\r]/u.test(cell))).toEqual([]);
      }),
    );
  });
});
