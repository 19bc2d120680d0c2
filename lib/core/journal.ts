import { compareText } from "./compare-text.ts";
import { InputError } from "./errors.ts";
import { refOf, resourceKey, type ResourceRef } from "./resource.ts";

/** One tag that was written or taken off; its JSON is a line of the journal. It has `value` or `before`, or both. */
export interface JournalEntry extends ResourceRef {
  readonly key: string;
  /** What was written; absent = the key was taken off. */
  readonly value?: string;
  /** The value that was replaced or taken off; absent = the key was not there. */
  readonly before?: string;
  /** Names the policies that asked for it; absent = somebody did, with `tags set` or `tags unset`. */
  readonly policyHash?: string;
  /** The event that told of the resource, where there was one. */
  readonly eventId?: string;
  /** Of the call that wrote it; absent where the answer was lost. */
  readonly requestId?: string;
  /** RFC 3339, UTC: when the call was answered, or when a read showed that it had taken effect. */
  readonly at: string;
  /** True where the answer was lost and no read has shown what it did: a late call may still have done it. */
  readonly unconfirmed?: true;
}

/** Said of a tag whose write was not answered, and that no read has shown since: a late call may still do it. */
export const MAY_BE_WRITTEN = "the answer to the call that wrote it was lost, and it may yet take effect: look again";

/** Names one tag of one resource. */
export function tagName(ref: ResourceRef, key: string): string {
  return JSON.stringify([resourceKey(ref), key]);
}

/** The journal of these entries as NDJSON. The same entries in any order make the same text. */
export function journalText(entries: readonly JournalEntry[]): string {
  const lines = entries.map((entry) => ({ order: `${resourceKey(entry)} ${entry.key} ${entry.at}`, entry }));
  lines.sort((one, other) => compareText(one.order, other.order));
  return lines.map(({ entry }) => `${JSON.stringify(inOrder(entry))}\n`).join("");
}

/** A resource's fields first, and always in this order. */
function inOrder(entry: JournalEntry): JournalEntry {
  const { key, value, before, policyHash, eventId, requestId, at, unconfirmed } = entry;
  return {
    ...refOf(entry),
    key,
    ...(value !== undefined && { value }),
    ...(before !== undefined && { before }),
    ...(policyHash !== undefined && { policyHash }),
    ...(eventId !== undefined && { eventId }),
    ...(requestId !== undefined && { requestId }),
    at,
    ...(unconfirmed === true && { unconfirmed }),
  };
}

const RUN = /^\d{4}-\d{2}-\d{2}\.[A-Za-z0-9-]{1,64}$/;

/** Names a run: its UTC date, under which its journal is found, and an id. `at` in milliseconds since the epoch. */
export function runName(at: number, id: string): string {
  return `${new Date(at).toISOString().slice(0, 10)}.${id}`;
}

/** Throws InputError for what can't be the name of a run. */
export function checkRunName(run: string): void {
  if (!RUN.test(run)) {
    throw new InputError(`run ${JSON.stringify(run)}: is no name of a run, which is like 2027-03-31.101500-1a2b3c4d`);
  }
}

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
