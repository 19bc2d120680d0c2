import type { Journal } from "../../app/ports/journal.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { InputError } from "../../core/errors.ts";
import { type JournalEntry, journalText, checkRunName, parseJournal } from "../../core/journal.ts";
import { decompress, compress } from "./gzip.ts";
import { createHash } from "node:crypto";

const NAME = /^date=[^/]+\/run=([^/]+)\/[0-9a-f]{64}\.ndjson\.gz$/;

/** A journal as `objectJournalWriter` keeps it: an object that was changed no longer fits its name, and is refused. */
export function objectJournal(objects: ObjectStore): Journal {
  async function readPart(run: string, name: string): Promise<JournalEntry[]> {
    const body = await objects.get(name);
    const text = body && (await textOf(body));
    if (text === undefined || name !== journalName(run, text)) {
      throw new InputError(`${name}: is damaged; restore the version that its name is the hash of`);
    }
    return parseJournal(text, name);
  }

  return {
    ...objectJournalWriter(objects),
    async read(run) {
      const names = await objects.list(journalFolder(run));
      if (names.length === 0) return undefined;
      const parts: JournalEntry[][] = [];
      for (const name of names) parts.push(await readPart(run, name));
      return parts.flat();
    },
    async runs() {
      const names = await objects.list("date=");
      return [...new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []))];
    },
  };
}

/** Undefined where it isn't gzip, cut off, or unpacks to more than anybody wrote. */
async function textOf(body: Uint8Array): Promise<string | undefined> {
  try {
    return await decompress(body);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}

/** Keeps entries as gzip NDJSON objects `date=<UTC date>/run=<run>/<SHA-256 of the lines>.ndjson.gz`. */
export function objectJournalWriter(objects: Pick<ObjectStore, "put">): Pick<Journal, "record"> {
  return {
    async record(run, entries) {
      if (entries.length === 0) return;
      const text = journalText(entries);
      await objects.put(journalName(run, text), await compress(text));
    },
  };
}

/** The name of the object with this text. */
export function journalName(run: string, text: string): string {
  return `${journalFolder(run)}${createHash("sha256").update(text).digest("hex")}.ndjson.gz`;
}

/** Where the objects of a run are. Throws InputError for what can't be the name of a run. */
export function journalFolder(run: string): string {
  checkRunName(run);
  return `date=${run.slice(0, run.indexOf("."))}/run=${run}/`;
}
