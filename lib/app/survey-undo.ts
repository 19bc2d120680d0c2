import type { JournalEntry } from "../core/journal.ts";
import { resourceKey } from "../core/resource.ts";
import type { Caller } from "./call.ts";
import type { WriteAction } from "./ledger.ts";
import type { Clock, WriteCap } from "./ports.ts";
import { readTags, type KnownReading, type Reading, type RoutedResource } from "./read-tags.ts";
import { NOT_CONFIGURED, type Route, type Router } from "./route.ts";
import { endingOfError, type UndoEnding } from "./undo-ending.ts";

/** A tag that still has the value that the run wrote. */
export interface Undoable {
  readonly entry: JournalEntry;
  readonly action: WriteAction;
  readonly route: Route;
  readonly reading: KnownReading;
}

export interface Survey {
  readonly undoable: readonly Undoable[];
  /** What has its ending without a write. */
  readonly ended: readonly { readonly entry: JournalEntry; readonly ending: UndoEnding }[];
}

export interface SurveyDeps {
  readonly route: Router;
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  readonly mode: "enforce" | "report";
}

/** Reads what these tags are now, and sorts out those that may be undone. */
export async function surveyUndo(entries: readonly JournalEntry[], deps: SurveyDeps): Promise<Survey> {
  const toRead = new Map<string, RoutedResource>();
  const problems = new Map<string, string>();
  for (const entry of entries) {
    if (entry.unconfirmed === true) continue;
    const route = deps.route(entry);
    if ("problem" in route) problems.set(resourceKey(entry), route.problem);
    else toRead.set(resourceKey(entry), { ref: entry, route });
  }
  const readings = await readTags([...toRead.values()], deps);

  const undoable: Undoable[] = [];
  const ended: { entry: JournalEntry; ending: UndoEnding }[] = [];
  for (const entry of entries) {
    const key = resourceKey(entry);
    const ending = endingWithoutWrite(entry, {
      problem: problems.get(key),
      route: toRead.get(key)?.route,
      reading: readings.get(key),
      mode: deps.mode,
    });
    if ("outcome" in ending) ended.push({ entry, ending });
    else undoable.push({ entry, action: entry.before === undefined ? "untag" : "tag", ...ending });
  }
  return { undoable, ended };
}

interface Known {
  readonly problem: string | undefined;
  readonly route: Route | undefined;
  readonly reading: Reading | undefined;
  readonly mode: SurveyDeps["mode"];
}

function endingWithoutWrite(
  { key, value, unconfirmed }: JournalEntry,
  { problem, route, reading, mode }: Known,
): UndoEnding | Pick<Undoable, "route" | "reading"> {
  if (unconfirmed === true) {
    return { outcome: "unconfirmed", message: "the answer to the call that wrote it was lost; look for yourself" };
  }
  if (problem !== undefined) return { outcome: "failed", code: NOT_CONFIGURED, message: problem };
  if (route === undefined || reading === undefined) return { outcome: "failed", code: "Unexpected" };
  if (reading.kind === "unknown") return endingOfError(reading.error);
  const now = reading.tags.get(key);
  if (now === undefined) return { outcome: "absent" };
  if (now !== value) return { outcome: "changed" };
  if (mode === "report" || route.account.mode === "report") {
    const detail = mode === "report" ? "tagwarden runs" : `account ${route.account.account} is`;
    return { outcome: "report-only", code: "report-mode", message: `${detail} in report mode` };
  }
  return { route, reading };
}

/**
 * Takes the writes from the cap of their accounts. `granted` holds the resources that have theirs; it is added to.
 * Answers what may be written, and what is beyond the cap.
 */
export async function withinCap(
  undoable: readonly Undoable[],
  granted: Set<string>,
  { writeCap, clock }: { readonly writeCap: WriteCap; readonly clock: Pick<Clock, "now"> },
): Promise<Survey> {
  const byAccount = Map.groupBy(undoable, ({ route: { account } }) =>
    JSON.stringify([account.provider, account.account]),
  );
  for (const group of byAccount.values()) {
    const keys = [...new Set(group.map(({ entry }) => resourceKey(entry)))].filter((key) => !granted.has(key));
    const [first] = group;
    if (first === undefined || keys.length === 0) continue;
    const count = await writeCap.reserve(first.route.account, keys.length, clock.now());
    for (const key of keys.slice(0, count)) granted.add(key);
  }
  const isGranted = ({ entry }: Undoable) => granted.has(resourceKey(entry));
  return {
    undoable: undoable.filter(isGranted),
    ended: undoable
      .filter((one) => !isGranted(one))
      .map(({ entry, route: { account } }) => {
        const message = `account ${account.account} has used up its ${account.writesPerHour} writes of this hour; undo again later`;
        return { entry, ending: { outcome: "failed", code: "WriteCap", message } };
      }),
  };
}
