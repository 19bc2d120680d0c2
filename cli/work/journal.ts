import { randomBytes } from "node:crypto";
import { access, constants } from "node:fs/promises";
import type { Journal } from "../../lib/app/ports/journal.ts";
import { InputError } from "../../lib/core/errors.ts";
import {
  checkRunName,
  journalText,
  MAY_BE_WRITTEN,
  runName,
  tagName,
  type JournalEntry,
} from "../../lib/core/journal.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { fileObjects } from "../../lib/sinks/objects/files.ts";
import { objectJournal } from "../../lib/sinks/objects/journal.ts";
import { s3Objects } from "../../lib/sinks/objects/s3.ts";
import { plainText, type Io } from "../io.ts";
import { makeFolders } from "../output/folders.ts";
import { commandLine } from "../output/next-command.ts";
import type { Format } from "../output/results.ts";

export const JOURNAL_OPTION = [
  "--journal <place>",
  "where the journal of what is written is kept: a folder, or s3://BUCKET/PREFIX/",
  ".tagwarden/journal",
] as const;

const IN_S3 = /^s3:\/\/([^/]+)\/?(.*)$/;

/** The journal in a folder or a bucket; nothing is read or made yet. */
export function openJournal(place: string, io: Io): Journal {
  const [, bucket, path = ""] = IN_S3.exec(place) ?? [];
  if (bucket === undefined) {
    if (place.startsWith("s3:")) throw new InputError(`--journal ${place}: write it as s3://BUCKET/PREFIX/`);
    return objectJournal(fileObjects(place));
  }
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  return objectJournal(s3Objects({ client: createAwsClients(io.env).s3, bucket, prefix }));
}

const RUNS_TO_NAME = 5;

/** What a run wrote. Throws InputError where the journal at this place has no such run. */
export async function readRun(run: string, place: string, io: Io): Promise<readonly JournalEntry[]> {
  checkRunName(run);
  const journal = openJournal(place, io);
  const entries = await journal.read(run);
  if (entries !== undefined) return entries;
  const known = (await journal.runs()).slice(-RUNS_TO_NAME);
  const hint = known.length === 0 ? "it holds no run at all" : `its last runs are ${known.join(", ")}`;
  throw new InputError(`--run ${run}: the journal in ${place} has no such run; ${hint}`);
}

/** Keeps what one run of a command writes. */
export interface RunJournal {
  readonly run: string;
  /** Where it is kept, as the user named it. */
  readonly place: string;
  readonly record: (entries: readonly JournalEntry[]) => Promise<void>;
  /** What was recorded of each tag so far: the last word of those on one that was written twice. */
  readonly entries: () => readonly JournalEntry[];
}

/**
 * A new run in this journal. A folder that can't be written is an InputError here, before any tag is written. Where
 * entries can't be kept later on, they go to stderr, so that what was written is known all the same.
 */
export async function startRunJournal(place: string, now: number, io: Io): Promise<RunJournal> {
  if (!IN_S3.test(place)) await checkFolder(place);
  const journal = openJournal(place, io);
  const time = new Date(now).toISOString().slice(11, 19).replaceAll(":", "");
  const run = runName(now, `${time}-${randomBytes(4).toString("hex")}`);
  const recorded = new Map<string, JournalEntry>();
  return {
    run,
    place,
    entries: () => [...recorded.values()],
    async record(entries) {
      try {
        await journal.record(run, entries);
        for (const entry of entries) recorded.set(tagName(entry, entry.key), entry);
      } catch (error) {
        await io.stderr.write(
          `tagwarden: these tags were written, and the journal of run ${run} could not be:\n${journalText(entries)}`,
        );
        throw error;
      }
    },
  };
}

/** What a run did to the tags in its journal. */
export type Deed = "wrote" | "took off";

/** What `tagwarden undo --run` takes; undefined = there is nothing to undo. */
export function runOf({ run, entries }: RunJournal): string | undefined {
  return entries().length > 0 ? run : undefined;
}

const MOST_NAMED = 5;

/** Says on stderr, where a run wrote anything, which one it was and how to undo it; and what nobody can tell of it. */
async function tellRun(journal: RunJournal, deed: Deed, config: string, io: Io): Promise<void> {
  const { run, place } = journal;
  const entries = journal.entries();
  const unknown = entries.filter(({ unconfirmed }) => unconfirmed === true);
  const count = entries.length - unknown.length;
  const back = `${deed === "wrote" ? "take" : "put"} ${count === 1 ? "it" : "them"} back`;
  if (count > 0) {
    const undo = commandLine(io.env, "undo", "--run", run, "--journal", place, "--config", config);
    // On a terminal it is there to be copied.
    const space = io.stderr.terminal ? "\n" : " ";
    await io.stderr.write(`run ${run} ${deed} ${countText(count, "tag")}; to ${back}:${space}${undo}\n`);
  }
  if (unknown.length === 0) return;
  const named = unknown.slice(0, MOST_NAMED).map(({ id, key }) => `${key} of ${id}`);
  if (unknown.length > MOST_NAMED) named.push(`${unknown.length - MOST_NAMED} more`);
  const may = `may have ${deed === "wrote" ? "written" : "taken off"}`;
  const line = `run ${run} ${may} ${named.join(", ")}: ${MAY_BE_WRITTEN}; the journal has them as unconfirmed`;
  await io.stderr.write(`tagwarden: ${plainText(line)}\n`);
}

/**
 * Prints results, and says which run it was: in front of what a script reads, and as the last line of what people read,
 * also where nobody reads the results any more.
 */
export async function withRunTold(
  { journal, deed, config, format }: Told,
  io: Io,
  writeResults: () => Promise<void>,
): Promise<void> {
  const isTable = format === "table";
  if (!isTable) await tellRun(journal, deed, config, io);
  try {
    await writeResults();
  } finally {
    if (isTable) {
      if (runOf(journal) !== undefined) await io.stderr.write("\n");
      await tellRun(journal, deed, config, io);
    }
  }
}

/** A run that may have written something. */
interface Told {
  readonly journal: RunJournal;
  readonly deed: Deed;
  readonly config: string;
  readonly format: Format;
}

async function checkFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new InputError(`--journal ${folder}: can't be written${code}; name another folder, nothing was written yet`, {
      cause: error,
    });
  }
}
