import { flatLayout } from "../../lib/app/audit/layout.ts";
import { latestRun, unfinishedRun } from "../../lib/app/folder-audit/run-folder.ts";
import { readReport } from "../../lib/app/folder-audit/standing-report.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { RunStore } from "../../lib/app/ports/runs.ts";
import { InputError } from "../../lib/core/errors.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { fileObjects } from "../../lib/sinks/objects/files.ts";
import { objectRunStore } from "../../lib/sinks/objects/run-store.ts";
import { fileError } from "../file-error.ts";
import type { Io } from "../io.ts";
import { makeFolders } from "../output/folders.ts";

const REPORT = flatLayout.report("", "report.json");

/** The folder that an audit writes into. */
export interface AuditFolder {
  readonly path: string;
  readonly objects: ObjectStore;
  readonly runs: RunStore;
}

/** The folder at a path, which needn't be there yet. */
export function auditFolder(path: string): AuditFolder {
  const objects = fileObjects(path);
  return { path, objects, runs: objectRunStore(objects) };
}

export async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new InputError(`${path}: is a file; name a folder`, { cause: error });
    }
    throw fileError(path, error);
  }
}

/** The run in this folder that was cut short. */
export async function runToResume({ path, objects, runs }: AuditFolder): Promise<string> {
  const unfinished = await unfinishedRun(objects, runs);
  if (unfinished !== undefined) return unfinished;
  const run = await latestRun(objects);
  throw new InputError(
    run === undefined
      ? `${path}: holds no run to resume; leave out --resume`
      : `${path}: its run ${run} is finished; leave out --resume to start a new one`,
  );
}

/**
 * The report that stands in a folder, which is that of the last run that came so far. Says so where a later one is under
 * way or was cut short. Throws InputError where there is no report.
 */
export async function reportIn({ path, objects, runs }: AuditFolder, io: Io): Promise<Report> {
  const unfinished = await unfinishedRun(objects, runs);
  const resume = `if it was cut short, tagwarden audit --resume --out ${path} carries on with it`;
  if (unfinished !== undefined && (await objects.get(REPORT)) === undefined) {
    throw new InputError(`${path}: its audit ${unfinished} has not ended, so there is no report; ${resume}`);
  }
  const report = await readReport(objects, path);
  if (unfinished !== undefined) {
    const what = unfinished === report.run ? "the audit of this report" : "an audit after that of this report";
    await io.stderr.write(`tagwarden: ${path}: ${what}, ${unfinished}, has not ended; ${resume}\n`);
  }
  return report;
}
