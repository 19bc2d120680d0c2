import { createHash } from "node:crypto";
import type { Journal } from "../../app/ports/journal.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { checkRunName, journalText } from "../../core/journal.ts";
import { compress } from "./gzip.ts";

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
