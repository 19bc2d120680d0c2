import { checkDepth } from "./json/depth.ts";
import type { JsonObject } from "./json/value.ts";
import type { OpenedEvent } from "./open-envelope.ts";
import type { Envelope, ParsedEvent, ParseOptions } from "./parsed-event.ts";

/**
 * Says what a record of one format tells of.
 * @throws InputError where a successful creation lacks what a resource needs.
 */
export type RecordReader = (record: JsonObject, envelope: Envelope, options: ParseOptions) => ParsedEvent;

/** Reads a record by the reader of its format. */
export function readRecord(event: OpenedEvent, read: RecordReader, options: ParseOptions): ParsedEvent {
  const parsed = read(event.record, event.envelope, options);
  if (parsed.kind === "created") checkDepth(parsed.resources[0]?.event?.record);
  return parsed;
}
