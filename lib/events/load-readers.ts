import { openBody, type RecordFormat } from "./open-event.ts";
import type { ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readRecord, type RecordReader } from "./read-record.ts";

/** Each reader is a file of its own in a function's package, its table of API calls with it. */
const LOADERS: Readonly<Record<RecordFormat, () => Promise<RecordReader>>> = {
  cloudtrail: async () => (await import("./cloudtrail.ts")).readCloudTrail,
  actiontrail: async () => (await import("./actiontrail.ts")).readActionTrail,
  cts: async () => (await import("./cts.ts")).readCts,
  "resource-created": async () => (await import("./resource-created.ts")).readResourceCreated,
  "resource-found": async () => (await import("./resource-found.ts")).readResourceFound,
};

/** Reads events with readers that are loaded when they are first needed. */
export interface LoadingParser {
  /** Loads the readers of these formats before the first event. */
  load(formats: readonly RecordFormat[]): Promise<void>;
  /** `parseEvent`; a promise only where the reader has to be loaded. Throws, or rejects with, its InputError. */
  parse(body: string): ParsedEvent | Promise<ParsedEvent>;
}

export function createLoadingParser(options: ParseOptions = {}): LoadingParser {
  const readers = new Map<RecordFormat, RecordReader>();
  const load = async (format: RecordFormat): Promise<RecordReader> => {
    const reader = readers.get(format) ?? (await LOADERS[format]());
    readers.set(format, reader);
    return reader;
  };
  return {
    load: async (formats) => void (await Promise.all(formats.map(load))),
    parse(body) {
      const event = openBody(body, options.maxBytes);
      if (event.kind !== "record") return event;
      const reader = readers.get(event.format);
      if (reader !== undefined) return readRecord(event, reader, options);
      return load(event.format).then((loaded) => readRecord(event, loaded, options));
    },
  };
}
