import { lazily } from "../core/lazily.ts";
import { asObject } from "./json/value.ts";
import { openEnvelope, type OpenedEvent, type RecordFormat } from "./open-envelope.ts";
import type { ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readRecord, type RecordReader } from "./read-record.ts";

/** Needed for whatever doesn't come in the envelope of a bus, and for what tells of no creation by its envelope. */
const opener = lazily(() => import("./open-event.ts"));

/** Longer bodies are counted first. A character takes one to three bytes. */
const LONGEST_QUICK = 100_000;

/** Reads events with readers that are loaded when they are first needed. */
export interface LoadingParser {
  /** Loads the readers of these formats before the first event. */
  load(formats: readonly RecordFormat[]): Promise<void>;
  /** `parseEvent`; a promise only where something has to be loaded. Throws, or rejects with, its InputError. */
  parse(body: string): ParsedEvent | Promise<ParsedEvent>;
}

/** `loaders`: of the reader of each format. */
export function createLoadingParser(
  loaders: Readonly<Record<RecordFormat, () => Promise<RecordReader>>>,
  options: ParseOptions = {},
): LoadingParser {
  const readers = new Map<RecordFormat, RecordReader>();
  const load = async (format: RecordFormat): Promise<RecordReader> => {
    const reader = readers.get(format) ?? (await loaders[format]());
    readers.set(format, reader);
    return reader;
  };
  const read = (event: OpenedEvent): ParsedEvent | Promise<ParsedEvent> => {
    const reader = readers.get(event.format);
    if (reader !== undefined) return readRecord(event, reader, options);
    return load(event.format).then((loaded) => readRecord(event, loaded, options));
  };
  return {
    load: async (formats) => void (await Promise.all(formats.map(load))),
    parse(body) {
      const quick = openQuickly(body, options.maxBytes);
      if (quick !== undefined) return read(quick);
      return opener().then(({ openBody }) => {
        const event = openBody(body, options.maxBytes);
        return event.kind === "record" ? read(event) : event;
      });
    },
  };
}

/** The record of an ordinary event; undefined where the body has to be looked at more closely. */
function openQuickly(body: string, maxBytes = Infinity): OpenedEvent | undefined {
  if (body.length > LONGEST_QUICK || body.length * 3 > maxBytes) return undefined;
  try {
    const event = asObject(JSON.parse(body));
    // What has a type of that name may be an SNS message.
    return event === undefined || event["Type"] !== undefined ? undefined : openEnvelope(event);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
