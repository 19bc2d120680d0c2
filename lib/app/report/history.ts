import { InputError } from "../../core/errors.ts";
import { historyFrom } from "../../core/report/history.ts";
import type { PastRun } from "../../core/report/history.ts";
import { readKnownIndex } from "../audit/known-findings.ts";
import type { KnownIndex } from "../audit/known-findings.ts";
import type { AuditLayout } from "../audit/layout.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunPlan } from "../ports/runs.ts";

/** The last runs, the earliest first. Throws InputError where the object holds something else. */
export async function readHistory(objects: ObjectStore, layout: AuditLayout): Promise<readonly PastRun[]> {
  const body = await objects.get(layout.history);
  if (body === undefined) return [];
  const history = historyFrom(parsed(body));
  if (history === undefined) {
    throw new InputError(`${layout.history}: is not the history of audits; remove it to start the trend anew`);
  }
  return history;
}

/** What is known of earlier runs. */
export interface Past {
  readonly history: readonly PastRun[];
  /** Where the findings stand that the run before knew of; absent where none is known, or that is damaged. */
  readonly known?: KnownIndex;
  /** What of it could not be read, for the report to say. */
  readonly notes: readonly string[];
}

export interface PastDeps {
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
}

/** What a report needs of the runs before it. Where that is damaged, the report does without and says so. */
export async function readPast({ previous }: Pick<RunPlan, "previous">, deps: PastDeps): Promise<Past> {
  const notes: string[] = [];
  const orNone = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      notes.push(`Earlier runs: ${error.message}`);
      return undefined;
    }
  };
  const history = (await orNone(() => readHistory(deps.objects, deps.layout))) ?? [];
  const known = previous === undefined ? undefined : await orNone(() => readKnownIndex(previous, deps));
  return { history, notes, ...(known !== undefined && { known }) };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The caller says which object doesn't parse.
    return undefined;
  }
}
