import { join } from "node:path";
import { COMPLIANCES, type Compliance } from "../../lib/core/evaluation.ts";
import { COVERAGE_WORDS, coverageState } from "../../lib/core/report/coverage-state.ts";
import { countText, inventoryAgeTexts, percentText as percent, unseenText } from "../../lib/core/report/figures.ts";
import type { Report, ReportGroup } from "../../lib/core/report/report.ts";
import { plainText, type Io } from "../io.ts";
import type { Next } from "./change-summary.ts";
import { writeNotes } from "./row-notes.ts";
import { writeTable, type Column } from "./results.ts";
import { wrapped } from "./text-cell.ts";

/** Where there are none at all, a narrow terminal has no column for them. */
const RARE: ReadonlySet<Compliance> = new Set(["exempt", "not-applicable", "unknown"]);

function columns(heading: string): readonly Column<ReportGroup>[] {
  return [
    [heading, ({ name }) => name],
    ["resources", ({ resources }) => String(resources), "number"],
    ["compliance", ({ compliance }) => percent(compliance), "number"],
    ...COMPLIANCES.map((one): Column<ReportGroup> => [
      one,
      ({ evaluated }) => (RARE.has(one) && evaluated[one] === 0 ? "" : String(evaluated[one])),
      "number",
    ]),
  ];
}

/** Prints how compliant everything is, then by provider and by policy, what is missing most often, and what the audit can't see. */
export async function writeAuditTables(report: Report, out: string, next: Next, io: Io): Promise<void> {
  const calls = Object.values(report.calls).reduce((sum, count) => sum + count, 0);
  const summary = `${countText(report.resources, "resource")}, compliance ${percent(report.compliance)}, coverage ${COVERAGE_WORDS[coverageState(report)]}, ${countText(calls, "call")}; everything is in ${out}`;
  await io.stderr.print([{ text: plainText(summary), style: "bold" }, "\n\n"]);
  await writeTable(io.stdout, columns("provider"), report.by.provider);
  await io.stdout.write("\n");
  await writeTable(io.stdout, columns("policy"), report.by.policy);
  await writeNotes(report.by.policy, io);
  if (report.keys.length > 0) {
    await io.stdout.write("\n");
    await writeTable(
      io.stdout,
      [
        ["required tag", ({ key }) => key],
        ["missing", ({ missing }) => String(missing), "number"],
        ["invalid", ({ invalid }) => String(invalid), "number"],
        ["near misses", ({ nearMisses }) => String(nearMisses), "number"],
      ],
      report.keys,
    );
  }
  const unseen = unseenText(report.coverage);
  const notes = [
    ...inventoryAgeTexts(report.coverage),
    ...[...(unseen === undefined ? [] : [unseen]), ...report.coverage.notes].map((note) => `not covered: ${note}`),
  ];
  if (notes.length > 0) {
    const { columns: width = Infinity } = io.stderr;
    const lines = notes.map((note) => wrapped(plainText(note), width - 2).join("\n  "));
    await io.stderr.write(`\n${lines.join("\n")}\n`);
  }
  await io.stdout.write(`\nreport  ${plainText(join(out, "report.html"))}\n\n${next.what}\n${next.command}\n`);
}
