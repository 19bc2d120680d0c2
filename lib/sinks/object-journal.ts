import { createHash } from "node:crypto";
import type { Journal } from "../app/ports/journal.ts";
import type { ObjectStore } from "../app/ports/objects.ts";
import { InputError } from "../core/errors.ts";
import { checkRunName, journalText, parseJournal, type JournalEntry } from "../core/journal.ts";
import { compress, decompress } from "./gzip.ts";

const EXTENSION = ".ndjson.gz";
const NAME = /^date=[^/]+\/run=([^/]+)\/[0-9a-f]{64}\.ndjson\.gz$/;

/**
 * A journal as gzip NDJSON objects `date=<UTC date>/run=<run>/<SHA-256 of the lines>.ndjson.gz`: an object that was
 * changed afterwards no longer fits its name, and is refused.
 */
export function objectJournal(objects: ObjectStore): Journal {
  async function readPart(name: string): Promise<JournalEntry[]> {
    const body = await objects.get(name);
    const text = body && (await textOf(body));
    if (text === undefined || !name.endsWith(`/${hashOf(text)}${EXTENSION}`)) {
      throw new InputError(`${name}: is damaged; restore the version that its name is the hash of`);
    }
    return parseJournal(text, name);
  }

  return {
    async record(run, entries) {
      if (entries.length === 0) return;
      const text = journalText(entries);
      await objects.put(`${folderOf(run)}${hashOf(text)}${EXTENSION}`, await compress(text));
    },
    async read(run) {
      const names = await objects.list(folderOf(run));
      if (names.length === 0) return undefined;
      const parts: JournalEntry[][] = [];
      for (const name of names) parts.push(await readPart(name));
      return parts.flat();
    },
    async runs() {
      const names = await objects.list("date=");
      return [...new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []))];
    },
  };
}

function folderOf(run: string): string {
  checkRunName(run);
  return `date=${run.slice(0, run.indexOf("."))}/run=${run}/`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Undefined where it isn't gzip, or cut off. */
async function textOf(body: Uint8Array): Promise<string | undefined> {
  try {
    return await decompress(body);
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_")) return undefined;
    throw error;
  }
}
