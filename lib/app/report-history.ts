import { InputError } from "../core/errors.ts";
import { keysFromBytes } from "../core/report/finding-keys.ts";
import { historyFrom, runBefore } from "../core/report/history.ts";
import type { PastRun } from "../core/report/history.ts";
import type { RunFacts } from "../core/report/report.ts";
import type { Earlier } from "../core/report/survey.ts";
import type { AuditLayout } from "./audit-names.ts";
import type { ObjectStore } from "./ports/objects.ts";

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
  /** What the run before this one found; absent where none is known, or its keys are gone. */
  readonly earlier?: Earlier;
  /** What of it could not be read, for the report to say. */
  readonly notes: readonly string[];
}

export interface PastDeps {
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
}

/** What a report needs of the runs before it. Where that is damaged, the report does without and says so. */
export async function readPast(facts: RunFacts, deps: PastDeps): Promise<Past> {
  let history: readonly PastRun[] = [];
  try {
    history = await readHistory(deps.objects, deps.layout);
    const earlier = await readEarlier(history, facts, deps);
    return { history, notes: [], ...(earlier !== undefined && { earlier }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { history, notes: [`Earlier runs: ${error.message}`] };
  }
}

async function readEarlier(
  history: readonly PastRun[],
  facts: RunFacts,
  { objects, layout }: PastDeps,
): Promise<Earlier | undefined> {
  const before = runBefore(history, facts);
  if (before === undefined) return undefined;
  const name = layout.findingKeys(before.run);
  const body = await objects.get(name);
  return body && { run: before.run, keys: keysFromBytes(body, name) };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The caller says which object doesn't parse.
    return undefined;
  }
}
