import { readActionTrailOfAllTypes } from "./alibaba/actiontrail-of-all-types.ts";
import { readCloudTrail, readTagChange } from "./aws/cloudtrail.ts";
import { readCtsOfAllTypes } from "./huawei/cts-of-all-types.ts";
import type { RecordFormat } from "./open-envelope.ts";
import { openBody, openEvent } from "./open-event.ts";
import { readResourceCreated } from "./own/resource-created.ts";
import { readResourceFound } from "./own/resource-found.ts";
import type { ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readRecord, type RecordReader } from "./read-record.ts";

export type { ChangedTags, ParsedEvent, ParseOptions } from "./parsed-event.ts";

const READERS: Readonly<Record<RecordFormat, RecordReader>> = {
  cloudtrail: readCloudTrail,
  actiontrail: readActionTrailOfAllTypes,
  cts: readCtsOfAllTypes,
  "tag-change": readTagChange,
  "resource-created": readResourceCreated,
  "resource-found": readResourceFound,
};

/**
 * Reads the body of a queue message: what it says was created, or why it says that nothing was.
 * docs/events.md lists the formats.
 * @throws InputError where the body is too long, no JSON, no event of an accepted format, or an event of a successful
 * creation without what a resource needs. It never quotes the body.
 */
export function parseEvent(body: string, options: ParseOptions = {}): ParsedEvent {
  const event = openBody(body, options.maxBytes);
  return event.kind === "record" ? readRecord(event, READERS[event.format], options) : event;
}

/**
 * Reads an event that is parsed already, or a bare record of one of the three clouds as recordings hold them.
 * @throws InputError as `parseEvent` does.
 */
export function parseEventValue(value: unknown, options: ParseOptions = {}): ParsedEvent {
  const event = openEvent(value);
  return event.kind === "record" ? readRecord(event, READERS[event.format], options) : event;
}
