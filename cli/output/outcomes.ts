import { countOutcomes, type ResourceOutcome } from "../../lib/core/outcome.ts";
import type { Io } from "../io.ts";
import { writeJson } from "./results.ts";

/** Prints `{ run?, outcomes, calls, resources }`; `run` names what was written in the journal. */
export async function writeOutcomes(
  resources: readonly ResourceOutcome[],
  { run, calls }: { readonly run: string | undefined; readonly calls: Readonly<Record<string, number>> },
  io: Io,
): Promise<void> {
  const outcomes = countOutcomes(resources);
  const rows = resources.map(({ id, type, outcome, tags, code, message }) => ({
    id,
    type,
    outcome,
    tags,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  }));
  await writeJson(io.stdout, { ...(run !== undefined && { run }), outcomes, calls, resources: rows });
}
