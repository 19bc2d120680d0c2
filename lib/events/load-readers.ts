import { PROVIDERS, type ProviderName } from "../core/resource.ts";
import type { RecordFormat } from "./open-envelope.ts";
import { openBody } from "./open-event.ts";
import type { ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readRecord, type RecordReader } from "./read-record.ts";

/** What the events of each cloud come as. */
export const FORMAT_OF: Readonly<Record<ProviderName, RecordFormat>> = {
  alibaba: "actiontrail",
  huawei: "cts",
  aws: "cloudtrail",
};

/**
 * The readers of `parse.ts`. Each, with its cloud's table of API calls, is a file of its own in a function's package, which
 * is loaded where an account of the cloud is configured, or when such an event comes.
 */
const READERS = {
  cloudtrail: async () => (await import("./aws/cloudtrail.ts")).readCloudTrail,
  actiontrail: async () => (await import("./alibaba/actiontrail-of-all-types.ts")).readActionTrailOfAllTypes,
  cts: async () => (await import("./huawei/cts-of-all-types.ts")).readCtsOfAllTypes,
  "tag-change": async () => (await import("./aws/cloudtrail.ts")).readTagChange,
  "resource-created": async () => (await import("./own/resource-created.ts")).readResourceCreated,
  "resource-found": async () => (await import("./own/resource-found.ts")).readResourceFound,
} satisfies Readonly<Record<RecordFormat, () => Promise<RecordReader>>>;

/** Where no account of a cloud names types by itself, its large table of calls that create them is left out. */
const READERS_OF_DEFAULT_TYPES: Partial<typeof READERS> = {
  actiontrail: async () => (await import("./alibaba/actiontrail.ts")).readActionTrail,
  cts: async () => (await import("./huawei/cts.ts")).readCts,
};

/** Reads events with readers that are loaded when they are first needed. */
export interface LoadingParser {
  /** Loads the readers of these formats before the first event. */
  load(formats: readonly RecordFormat[]): Promise<void>;
  /** `parseEvent`, once the reader is there. Rejects with its InputError. */
  parse(body: string): Promise<ParsedEvent>;
}

/** `namedTypesOf`: the clouds of which an account names types by itself; absent = all. */
export function createLoadingParser(
  options: ParseOptions = {},
  { namedTypesOf = PROVIDERS }: { readonly namedTypesOf?: readonly ProviderName[] } = {},
): LoadingParser {
  const inFull: ReadonlySet<RecordFormat> = new Set(namedTypesOf.map((provider) => FORMAT_OF[provider]));
  const readers = new Map<RecordFormat, RecordReader>();
  const load = async (format: RecordFormat): Promise<RecordReader> => {
    const opened = inFull.has(format) ? READERS[format] : (READERS_OF_DEFAULT_TYPES[format] ?? READERS[format]);
    const reader = readers.get(format) ?? (await opened());
    readers.set(format, reader);
    return reader;
  };
  return {
    load: async (formats) => void (await Promise.all(formats.map(load))),
    async parse(body) {
      const event = openBody(body, options.maxBytes);
      return event.kind === "record" ? readRecord(event, await load(event.format), options) : event;
    },
  };
}
