import { InputError } from "../../core/errors.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { createEventTable, type CompiledCreateEvent } from "../create-event-table.ts";
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
import { requestTags } from "../request-tags.ts";
import { servedRow } from "../served-row.ts";
import { firstTime } from "../time.ts";
import { ALIBABA_CREATE_EVENTS } from "./create-events.ts";
import { alibabaPrincipal } from "./principal.ts";
import { requestsOf, SOURCE_OF_PRODUCT } from "./record.ts";
import { referencedIds } from "./referenced-ids.ts";
import { readAlibabaTagCall } from "./tag-calls.ts";

const findCreateEvent = createEventTable(() => ALIBABA_CREATE_EVENTS);

/**
 * Reads an ActionTrail event.
 * https://www.alibabacloud.com/help/en/actiontrail/latest/actiontrail-event-structure
 * @throws InputError where a successful creation lacks an id, an account or a region.
 */
export function readActionTrail(data: JsonObject, envelope: Envelope, options: ParseOptions): ParsedEvent {
  const eventName = textOf(data.eventName);
  if (eventName === undefined) throw new InputError("The ActionTrail event has no eventName.");
  const { errorCode } = data;
  if (errorCode !== undefined && errorCode !== null && errorCode !== "") {
    return notACreation(eventName, `the call failed with ${textOf(errorCode) ?? "an error"}`);
  }
  const call = `${firstText(envelope.source, data.serviceName, data.eventSource)} ${eventName}`;
  const found = rowOf(data, envelope, eventName);
  const change = found === undefined ? readAlibabaTagCall(data, envelope, eventName) : undefined;
  if (change !== undefined) return change;
  const served = servedRow(found, call, options);
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const requests = requestsOf(data);
  const [request] = requests;
  const record = { ...data, requestParameters: request, responseElements: embeddedObject(data.responseElements) };
  if (isTrue(valueAt(record, row.dryRun)))
    return notACreation(eventName, "the call only tried whether it would succeed");

  const kind = row.type.slice(row.type.lastIndexOf(":") + 1);
  const named = textsAt(record, row.ids);
  const ids = named.length === 0 ? referencedIds(data, kind, request) : createdAmong(named, record, row);
  if (ids.length === 0) {
    if (named.length > 0) return notACreation(eventName, "the call changed what was there already");
    if (row.mayLackId !== undefined) return notACreation(eventName, row.mayLackId);
    throw incomplete(eventName, `${row.type} id at ${row.idPath}`);
  }
  const account = firstText(data.recipientAccountId, envelope.account, asObject(data.userIdentity)?.accountId);
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = firstText(data.acsRegion, request?.RegionId, envelope.region);
  if (region === undefined) throw incomplete(eventName, "region (acsRegion)");
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

function createdAmong(named: string[], record: JsonObject, { ids, unless }: CompiledCreateEvent): string[] {
  return unless === undefined ? named : textsAt(record, ids, unless);
}

/** The CloudEvent's source is the key of the table; a record without an envelope names its product or its host. */
function rowOf(data: JsonObject, { source }: Envelope, eventName: string): CompiledCreateEvent | undefined {
  // The table compares without regard to case, and most sources are written as it has them.
  const row = source === undefined ? undefined : findCreateEvent(source, eventName);
  if (row !== undefined) return row;
  const host = textOf(data.eventSource)?.split(".", 1)[0];
  for (const name of [source?.replace(/^acs\./, ""), textOf(data.serviceName), host]) {
    if (name === undefined) continue;
    const product = name.toLowerCase();
    const ofProduct = findCreateEvent(`acs.${SOURCE_OF_PRODUCT.get(product) ?? product}`, eventName);
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
