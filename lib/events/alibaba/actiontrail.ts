import { InputError } from "../../core/errors.ts";
import type { ResourceRef } from "../../core/resource.ts";
import type { CreateEvent } from "../create-event.ts";
import { createEventTable, type CompiledCreateEvent, type FindCreateEvent } from "../create-event-table.ts";
import { textsAt, valueAt } from "../json/path.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, isTrue, textOf } from "../json/value.ts";
import {
  created,
  incomplete,
  notACreation,
  type Envelope,
  type ParsedEvent,
  type ParseOptions,
} from "../parsed-event.ts";
import type { RecordReader } from "../read-record.ts";
import { requestTags } from "../request-tags.ts";
import { servedRow } from "../served-row.ts";
import { firstTime } from "../time.ts";
import { ALIBABA_CREATE_EVENTS } from "./create-events.ts";
import { alibabaPrincipal } from "./principal.ts";
import { accountIn, placeOf, productOfHost, requestsOf, SOURCE_OF_PRODUCT } from "./record.ts";
import { referencedIds } from "./referenced-ids.ts";
import { readAlibabaTagCall, type ReadTagCall } from "./tag-calls.ts";

/** Reads ActionTrail's events of the types that an account has without naming them. */
export const readActionTrail = actionTrailReader(() => ALIBABA_CREATE_EVENTS, readAlibabaTagCall);

/**
 * Reads ActionTrail's events with a table of calls that create something, and a reader of calls that change tags.
 * https://www.alibabacloud.com/help/en/actiontrail/latest/actiontrail-event-structure
 * It throws an InputError where a successful creation lacks an id, an account or a region.
 */
export function actionTrailReader(rows: () => readonly CreateEvent[], readTagCall: ReadTagCall): RecordReader {
  const find = createEventTable(rows);
  return (data, envelope, options) => read(data, envelope, { ...options, find, readTagCall });
}

const CHANGED = "the call changed what was there already";

interface ReadOptions extends ParseOptions {
  readonly find: FindCreateEvent;
  readonly readTagCall: ReadTagCall;
}

function read(data: JsonObject, envelope: Envelope, options: ReadOptions): ParsedEvent {
  const eventName = textOf(data.eventName);
  if (eventName === undefined) throw new InputError("The ActionTrail event has no eventName.");
  const { errorCode } = data;
  if (errorCode !== undefined && errorCode !== null && errorCode !== "") {
    return notACreation(eventName, `the call failed with ${textOf(errorCode) ?? "an error"}`);
  }
  const calledBy = `${firstText(envelope.source, data.serviceName, data.eventSource)} ${eventName}`;
  const found = rowOf(data, envelope, { eventName, find: options.find });
  const change = found === undefined ? options.readTagCall(data, envelope, { ...options, eventName }) : undefined;
  if (change !== undefined) return change;
  const served = servedRow(found, calledBy, { ...options, account: accountIn(data, envelope) });
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const requests = requestsOf(data);
  const [request] = requests;
  const record = { ...data, requestParameters: request, responseElements: embeddedObject(data.responseElements) };
  const createdNothing = whyNothing(record, row);
  if (createdNothing !== undefined) return notACreation(eventName, createdNothing);

  const kind = row.type.slice(row.type.lastIndexOf(":") + 1);
  const named = textsAt(record, row.ids);
  const ids = named.length === 0 ? idsElsewhere(record, row) : createdAmong(named, record, row);
  if (ids.length === 0) {
    if (named.length > 0) return notACreation(eventName, CHANGED);
    if (row.mayLackId !== undefined) return notACreation(eventName, row.mayLackId);
    throw incomplete(eventName, `${row.type} id at ${row.idPath}`);
  }
  const call = placeOf(data, { envelope, requests: [request], eventName });
  const { account } = call;
  const region = row.global === true ? "global" : (textsAt(record, row.region)[0] ?? call.region);
  return created(
    {
      eventId: firstText(data.eventId, envelope.id),
      eventName,
      createdAt: firstTime(data.eventTime, envelope.time),
      createdBy: alibabaPrincipal(data.userIdentity),
      sourceIp: textOf(data.sourceIpAddress),
      requestTags: requestTags(requests, kind),
      record: data,
    },
    ids.map((id) => ({ type: row.type, account, region, id })),
    alongside(row, record, { account, region }),
  );
}

/** Why a call that can create something didn't. */
function whyNothing(record: JsonObject, { dryRun, update }: CompiledCreateEvent): string | undefined {
  if (isTrue(valueAt(record, dryRun))) return "the call only tried whether it would succeed";
  return textsAt(record, update).length > 0 ? CHANGED : undefined;
}

function idsElsewhere(record: JsonObject, row: CompiledCreateEvent): string[] {
  const ids = textsAt(record, row.fallbackIds);
  return ids.length > 0 ? ids : referencedIds(record, row, asObject(record.requestParameters));
}

function createdAmong(named: string[], record: JsonObject, { ids, unless }: CompiledCreateEvent): string[] {
  return unless === undefined ? named : textsAt(record, ids, unless);
}

/** The CloudEvent's source is the key of the table; a record without an envelope names its product or its host. */
function rowOf(
  data: JsonObject,
  { source }: Envelope,
  { eventName, find }: { readonly eventName: string; readonly find: FindCreateEvent },
): CompiledCreateEvent | undefined {
  // The table compares without regard to case, and most sources are written as it has them.
  const row = source === undefined ? undefined : find(source, eventName);
  if (row !== undefined) return row;
  for (const name of [source?.replace(/^acs\./, ""), textOf(data.serviceName), productOfHost(data.eventSource)]) {
    if (name === undefined) continue;
    const product = name.toLowerCase();
    const ofProduct = find(`acs.${SOURCE_OF_PRODUCT.get(product) ?? product}`, eventName);
    if (ofProduct !== undefined) return ofProduct;
  }
  return undefined;
}

function alongside(
  row: CompiledCreateEvent,
  record: JsonObject,
  place: Omit<ResourceRef, "type" | "id">,
): ResourceRef[] {
  const seen = new Map<string, ResourceRef>();
  for (const { type, ids } of row.alsoIds) {
    for (const id of textsAt(record, ids)) seen.set(`${type} ${id}`, { type, ...place, id });
  }
  return [...seen.values()];
}
