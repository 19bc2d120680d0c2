import { join, resolve } from "node:path";
import { flatLayout } from "../../lib/app/audit/layout.ts";
import { findingsParts } from "../../lib/app/folder-audit/run-folder.ts";
import { findingsIn } from "../../lib/app/report/findings.ts";
import { readHistory } from "../../lib/app/report/history.ts";
import { reportPage } from "../../lib/app/report/page.ts";
import { surveyFindings } from "../../lib/app/report/survey.ts";
import { InputError } from "../../lib/core/errors.ts";
import { CSV_BEGINNING, csvFinding } from "../../lib/core/report/csv.ts";
import { countText, inventoryAgeTexts } from "../../lib/core/report/figures.ts";
import { runBefore } from "../../lib/core/report/history.ts";
import { renderMarkdown } from "../../lib/core/report/markdown.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { FORMAT_OPTION, type AddCommand } from "../command.ts";
import { EXIT, plainText, type Io, type Output } from "../io.ts";
import { writePieces } from "../output/file.ts";
import { openPage } from "../output/open-page.ts";
import { auditFolder, reportIn, type AuditFolder } from "../work/audit-folder.ts";

interface Options {
  readonly run: string;
  readonly format: string;
  readonly out?: string;
  readonly open?: boolean;
}

/** Where a rendered report goes, piece by piece. */
type Out = Pick<Output, "write">;

type Render = (report: Report, folder: AuditFolder, out: Out) => Promise<void>;

/** The page, as it would stand in that folder. */
async function writeHtml(report: Report, { objects }: AuditFolder, out: Out): Promise<void> {
  const parts = await findingsParts(report.run, objects);
  const survey = report.survey ?? (await surveyFindings([{ shard: "all", parts }], objects)).survey;
  const history = await readHistory(objects, flatLayout);
  await out.write(reportPage({ ...report, survey }, { name: "report.html", history, parts }));
}

async function writeMarkdown(report: Report, { objects }: AuditFolder, out: Out): Promise<void> {
  await out.write(renderMarkdown(report, runBefore(await readHistory(objects, flatLayout), report)));
}

const RENDERERS: ReadonlyMap<string, Render> = new Map<string, Render>([
  ["html", writeHtml],
  ["json", (report, _, out) => out.write(`${JSON.stringify(report, undefined, 2)}\n`)],
  ["csv", writeCsv],
  ["md", writeMarkdown],
]);

/** The findings, block by block: never all of them at once. Where a part is gone, the rows are not those that the report counts. */
async function writeCsv({ run, survey }: Report, { path, objects }: AuditFolder, out: Out): Promise<void> {
  let rows = 0;
  await out.write(CSV_BEGINNING);
  for (const part of await findingsParts(run, objects)) {
    for await (const findings of findingsIn(part, objects)) {
      rows += findings.length;
      await out.write(findings.map(csvFinding).join(""));
    }
  }
  if (survey === undefined || rows === survey.findings) return;
  throw new InputError(
    `${path}: holds ${countText(rows, "finding")} of the run ${run}, and its report counts ${survey.findings}; audit again`,
  );
}

/** Opens the page that was asked for as a file, or the one that the audit has left in its folder. */
async function openReport({ run, out }: Options, io: Io): Promise<void> {
  const path = resolve(out ?? join(run, flatLayout.report("", "report.html")));
  await openPage(path, io);
  await io.stderr.write(`opened ${plainText(path)}\n`);
}

async function report(options: Options, io: Io): Promise<number> {
  const { run, format, out, open = false } = options;
  const render = RENDERERS.get(format);
  if (render === undefined)
    throw new InputError(`--format ${format}: choose one of ${[...RENDERERS.keys()].join(", ")}`);
  if (open && format !== "html") throw new InputError(`--open shows the page, not ${format}; leave out --format`);
  const folder = auditFolder(run);
  const found = await reportIn(folder, io);
  // A table of findings has no place for it.
  if (format === "csv")
    for (const text of inventoryAgeTexts(found.coverage)) await io.stderr.write(`${plainText(text)}\n`);
  if (out !== undefined) {
    await writePieces(out, (file) => render(found, folder, file));
    await io.stderr.write(`report of the run ${found.run} written to ${plainText(out)}\n`);
  } else if (!open) {
    await render(found, folder, io.stdout);
  }
  if (open) await openReport(options, io);
  return EXIT.done;
}

/** `tagwarden report`: renders a finished run again. */
export const addReport: AddCommand = (program, { io, exit }) => {
  program
    .command("report")
    .description("Render the report of a finished audit again; csv holds one row for each finding.")
    .requiredOption("--run <folder>", "where the audit has written: its --out")
    .option("--out <file>", "write it here instead of to stdout")
    .option("--open", "show the page in the browser: that of --out, else the one that the audit has written")
    .option(FORMAT_OPTION, "html, json, csv or md", "html")
    .action(async (options: Options) => exit(await report(options, io)));
};
