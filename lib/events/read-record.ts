import type { JsonObject } from "../core/json.ts";
import type { OpenedEvent } from "./open-envelope.ts";
import type { Envelope, ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { ForeignEventError, InputError } from "../core/errors.ts";
import type { Resource } from "../core/resource.ts";

/**
 * Says what a record of one format tells of.
 * @throws InputError where a successful creation lacks what a resource needs.
 */
export type RecordReader = (record: JsonObject, envelope: Envelope, options: ParseOptions) => ParsedEvent;

/** Reads a record by the reader of its format. */
export function readRecord(event: OpenedEvent, read: RecordReader, options: ParseOptions): ParsedEvent {
  const parsed = read(event.record, event.envelope, options);
  if (parsed.kind === "created") {
    checkDepth(parsed.resources[0]?.event?.record);
  }
  if (parsed.kind !== "not-a-creation") checkAccounts(parsed.resources, event.envelope);
  return parsed;
}

/**
 * A bus says whose event it passes on, and nobody can make it say anything else; the record inside is a text like any
 * other, in an event that anybody may have put on a bus.
 */
function checkAccounts(resources: readonly Resource[], { account, originalAccount }: Envelope): void {
  if (account === undefined) return;
  const foreign = resources.find((one) => one.account !== account && one.account !== originalAccount);
  if (foreign === undefined) return;
  throw new ForeignEventError(
    `The event is account ${account}'s, as its envelope says, and tells of a resource of account ${foreign.account}.`,
    resources,
  );
}

/** Real records are at most a dozen levels deep. */
const DEEPEST = 100;

/**
 * Refuses records that are nested deeper than any cloud nests them: JSON.stringify and path expressions, which later
 * meet the record, recurse and would run out of stack.
 */
export function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > DEEPEST) throw new InputError(`The event's record is nested deeper than ${DEEPEST} levels.`);
  if (Array.isArray(value)) {
    for (const element of value) checkDepth(element, depth + 1);
    return;
  }
  for (const key in value) checkDepth((value as Record<string, unknown>)[key], depth + 1);
}
