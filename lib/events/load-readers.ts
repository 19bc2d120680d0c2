import { lazily } from "../core/lazily.ts";
import type { ProviderName } from "../core/resource.ts";
import { asObject } from "./json/value.ts";
import { openEnvelope, type OpenedEvent, type RecordFormat } from "./open-envelope.ts";
import { readResourceCreated } from "./own/resource-created.ts";
import { readResourceFound } from "./own/resource-found.ts";
import type { ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readRecord, type RecordReader } from "./read-record.ts";

/** Needed for whatever doesn't come in the envelope of a bus, and for what tells of no creation by its envelope. */
const opener = lazily(() => import("./open-event.ts"));

/** Longer bodies are counted first. A character takes one to three bytes. */
const LONGEST_QUICK = 100_000;

/** What the events of each cloud come as. */
export const FORMAT_OF: Readonly<Record<ProviderName, RecordFormat>> = {
  alibaba: "actiontrail",
  huawei: "cts",
  aws: "cloudtrail",
};

/**
 * The readers of `parse.ts`. Each cloud's, with its table of API calls, is a file of its own in a function's package,
 * which is loaded where an account of the cloud is configured, or when an event of it comes.
 */
const READERS: Readonly<Record<RecordFormat, () => Promise<RecordReader>>> = {
  cloudtrail: async () => (await import("./aws/cloudtrail.ts")).readCloudTrail,
  actiontrail: async () => (await import("./alibaba/actiontrail.ts")).readActionTrail,
  cts: async () => (await import("./huawei/cts.ts")).readCts,
  "resource-created": async () => readResourceCreated,
  "resource-found": async () => readResourceFound,
};

/** Reads events with readers that are loaded when they are first needed. */
export interface LoadingParser {
  /** Loads the readers of these formats before the first event. */
  load(formats: readonly RecordFormat[]): Promise<void>;
  /** `parseEvent`; a promise only where something has to be loaded. Throws, or rejects with, its InputError. */
  parse(body: string): ParsedEvent | Promise<ParsedEvent>;
}

export function createLoadingParser(options: ParseOptions = {}): LoadingParser {
  const readers = new Map<RecordFormat, RecordReader>();
  const load = async (format: RecordFormat): Promise<RecordReader> => {
    const reader = readers.get(format) ?? (await READERS[format]());
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
