import { InputError } from "./errors.ts";
import type { JournalEntry } from "./journal.ts";

const REQUIRED = ["type", "account", "region", "id", "key", "at"];
const OPTIONAL = ["project", "value", "before", "policyHash", "eventId", "requestId"];

/** Reads what `journalText` wrote. Throws InputError that names the line; `where` says which journal it is. */
export function parseJournal(text: string, where: string): JournalEntry[] {
  return text.split("\n").flatMap((line, index) => {
    if (line === "") return [];
    const entry = parseLine(line);
    if (entry !== undefined) return [entry];
    throw new InputError(`${where}:${index + 1}: is no line of a journal; nothing of this run was undone`);
  });
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string) => typeof fields.get(name) === "string";
  if (!REQUIRED.every(isText) || !(isText("value") || isText("before"))) return false;
  return OPTIONAL.every((name) => !fields.has(name) || isText(name));
}
