import { InputError } from "../../core/errors.ts";
import type { Report } from "../../core/report/report.ts";
import { flatLayout } from "../audit/layout.ts";
import type { ObjectStore } from "../ports/objects.ts";

/** Reads the report of the run that stands in `objects`, as `tagwarden audit` left it; `place` names it in messages. */
export async function readReport(objects: ObjectStore, place: string): Promise<Report> {
  const name = flatLayout.report("", "report.json");
  const body = await objects.get(name);
  if (body === undefined) {
    throw new InputError(`${place}: holds no ${name}; name the folder that an audit has written to the end`);
  }
  const report = parsed(body);
  if (report === undefined)
    throw new InputError(`${place}/${name}: is not the report of an audit; run the audit again`);
  return report;
}

/** The report that stands in `objects`; undefined where there is none, or a damaged one. */
export async function standingReport(objects: ObjectStore): Promise<Report | undefined> {
  const body = await objects.get(flatLayout.report("", "report.json"));
  return body && parsed(body);
}

function parsed(body: Uint8Array): Report | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return isReport(value) ? value : undefined;
  } catch {
    // The caller names the file that doesn't parse.
    return undefined;
  }
}

const PARTS = ["by", "evaluated", "coverage", "calls", "keys", "gaps", "readErrors", "notTaggable", "repairs"] as const;

function isReport(value: unknown): value is Report {
  if (typeof value !== "object" || value === null) return false;
  const report = value as Partial<Record<keyof Report, unknown>>;
  return (
    typeof report.run === "string" &&
    typeof report.resources === "number" &&
    PARTS.every((part) => typeof report[part] === "object" && report[part] !== null)
  );
}
