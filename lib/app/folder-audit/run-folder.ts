import { runThatLeft } from "../audit/layout.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunStore } from "../ports/runs.ts";

/** What belongs to a single run; the history outlives it. */
const FOLDERS_OF_RUNS = ["evaluations/", "findings/", "repairs/", "work/", "summaries/", "runs/"];
/** Where an audit writes many files. */
export const AUDIT_FOLDERS = [...FOLDERS_OF_RUNS, "history/"];

/** The runs that have a record in this folder, the latest last: a run is called by the time of its start. */
async function recordedRuns(objects: ObjectStore): Promise<readonly string[]> {
  const names = await objects.list("runs/");
  // A large run's groups lie beside its record, and before it where it was cut short while it was created.
  return names.map((name) => runThatLeft(name) ?? "").filter((run, at) => names[at] === `runs/${run}.json`);
}

/** The run that was started last; undefined where none was. */
export async function latestRun(objects: ObjectStore): Promise<string | undefined> {
  return (await recordedRuns(objects)).at(-1);
}

/** The latest run where it has not ended: it is under way, or was cut short. */
export async function unfinishedRun(objects: ObjectStore, runs: RunStore): Promise<string | undefined> {
  const run = await latestRun(objects);
  return run !== undefined && (await runs.read(run))?.published === false ? run : undefined;
}

/** Names of the findings parts of a run, sorted. */
export async function findingsParts(run: string, objects: ObjectStore): Promise<readonly string[]> {
  return (await objects.list("findings/")).filter((name) => runThatLeft(name) === run);
}

/** Removes what runs have left, and nothing that an audit doesn't write; their history stays. */
export async function removeRuns(isOver: (run: string) => boolean, objects: ObjectStore): Promise<void> {
  for (const folder of FOLDERS_OF_RUNS) await objects.remove(await leftBy(isOver, folder, objects));
}

/** Removes the history of runs, but for what is kept. */
export async function removeHistory(kept: ReadonlySet<string>, objects: ObjectStore): Promise<void> {
  const names = await leftBy(() => true, "history/", objects);
  await objects.remove(names.filter((name) => !kept.has(name)));
}

async function leftBy(isOver: (run: string) => boolean, folder: string, objects: ObjectStore): Promise<string[]> {
  return (await objects.list(folder)).filter((name) => {
    const run = runThatLeft(name);
    return run !== undefined && isOver(run);
  });
}
