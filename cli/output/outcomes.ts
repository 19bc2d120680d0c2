import { countOutcomes, type ResourceOutcome } from "../../lib/core/outcome.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { Io } from "../io.ts";
import { writeJson, writeTable, type Column, type Format } from "./results.ts";

const COLUMNS: readonly Column<ResourceOutcome>[] = [
  ["outcome", ({ outcome }) => outcome],
  ["type", ({ type }) => type],
  ["id", ({ id }) => id],
  [
    "tags",
    ({ tags }) =>
      tags.map(({ key, outcome, value }) => (value === undefined ? `${key}: ${outcome}` : `${key}=${value}`)).join(" "),
  ],
  ["code", ({ code }) => code ?? ""],
  ["message", ({ message }) => message ?? ""],
];

function counted(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

/** Prints `{ run?, outcomes, calls, resources }`; `run` names what was written in the journal. Or a table of the resources and the counts on stderr. */
export async function writeOutcomes(
  resources: readonly ResourceOutcome[],
  { run, calls }: { readonly run: string | undefined; readonly calls: Readonly<Record<string, number>> },
  format: Format,
  io: Io,
): Promise<void> {
  const outcomes = countOutcomes(resources);
  if (format !== "table") {
    const rows = resources.map(({ id, type, outcome, tags, code, message }) => ({
      id,
      type,
      outcome,
      tags,
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
    }));
    await writeJson(io.stdout, { ...(run !== undefined && { run }), outcomes, calls, resources: rows });
    return;
  }
  await writeTable(io.stdout, COLUMNS, resources);
  await io.stderr.write(`${countText(resources.length, "resource")}: ${counted(outcomes)}\ncalls: ${counted(calls)}\n`);
}
