import { flatLayout } from "../../lib/app/audit/layout.ts";
import { findingsParts } from "../../lib/app/folder-audit/run-folder.ts";
import { findingsIn } from "../../lib/app/report/findings.ts";
import { readHistory } from "../../lib/app/report/history.ts";
import { reportPage } from "../../lib/app/report/page.ts";
import { surveyFindings } from "../../lib/app/report/survey.ts";
import { InputError } from "../../lib/core/errors.ts";
import { CSV_HEADING, csvFinding } from "../../lib/core/report/csv.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { runBefore } from "../../lib/core/report/history.ts";
import { renderMarkdown } from "../../lib/core/report/markdown.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { FORMAT_OPTION, type AddCommand } from "../command.ts";
import { EXIT, type Io, type Output } from "../io.ts";
import { auditFolder, reportIn, type AuditFolder } from "../work/audit-folder.ts";

interface Options {
  readonly run: string;
  readonly format: string;
}

type Render = (report: Report, folder: AuditFolder, out: Output) => Promise<void>;

/** The page, as it would stand in that folder. */
async function writeHtml(report: Report, { objects }: AuditFolder, out: Output): Promise<void> {
  const parts = await findingsParts(report.run, objects);
  const survey = report.survey ?? (await surveyFindings([{ shard: "all", parts }], objects)).survey;
  const history = await readHistory(objects, flatLayout);
  await out.write(reportPage({ ...report, survey }, { name: "report.html", history, parts }));
}

async function writeMarkdown(report: Report, { objects }: AuditFolder, out: Output): Promise<void> {
  await out.write(renderMarkdown(report, runBefore(await readHistory(objects, flatLayout), report)));
}

const RENDERERS: ReadonlyMap<string, Render> = new Map<string, Render>([
  ["html", writeHtml],
  ["json", (report, _, out) => out.write(`${JSON.stringify(report, undefined, 2)}\n`)],
  ["csv", writeCsv],
  ["md", writeMarkdown],
]);

/** The findings, block by block: never all of them at once. Where a part is gone, the rows are not those that the report counts. */
async function writeCsv({ run, survey }: Report, { path, objects }: AuditFolder, out: Output): Promise<void> {
  let rows = 0;
  await out.write(CSV_HEADING);
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

async function report({ run, format }: Options, io: Io): Promise<number> {
  const render = RENDERERS.get(format);
  if (render === undefined)
    throw new InputError(`--format ${format}: choose one of ${[...RENDERERS.keys()].join(", ")}`);
  const folder = auditFolder(run);
  await render(await reportIn(folder, io), folder, io.stdout);
  return EXIT.done;
}

/** `tagwarden report`: renders a finished run again. */
export const addReport: AddCommand = (program, { io, exit }) => {
  program
    .command("report")
    .description("Render the report of a finished audit again; csv holds one row for each finding.")
    .requiredOption("--run <folder>", "where the audit has written: its --out")
    .option(FORMAT_OPTION, "html, json, csv or md", "html")
    .action(async (options: Options) => exit(await report(options, io)));
};
