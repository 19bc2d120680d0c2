import { InputError } from "../../core/errors.ts";
import { refOf } from "../../core/resource.ts";
import type { CreateEvent } from "../create-event.ts";
import { createEventTable, type FindCreateEvent } from "../create-event-table.ts";
import { textsAt, valueAt } from "../json/path.ts";
import type { JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, textOf } from "../json/value.ts";
import {
  created,
  incomplete,
  notACreation,
  type Envelope,
  type ParsedEvent,
  type ParseOptions,
} from "../parsed-event.ts";
import type { RecordReader } from "../read-record.ts";
import { servedRow } from "../served-row.ts";
import { firstTime } from "../time.ts";
import { accountIn } from "./account.ts";
import { HUAWEI_CREATE_EVENTS } from "./create-events.ts";
import { huaweiPrincipal } from "./principal.ts";
import { huaweiProject, huaweiRegion } from "./region.ts";
import { huaweiRequestTags } from "./request-tags.ts";
import { readHuaweiTagCall, type ReadTagCall } from "./tag-calls.ts";

/** Reads CTS' traces of the types that an account has without naming them. */
export const readCts = ctsReader(() => HUAWEI_CREATE_EVENTS, readHuaweiTagCall);

/**
 * Reads CTS' traces with a table of calls that create something, and a reader of calls that change tags.
 * https://support.huaweicloud.com/intl/en-us/usermanual-cts/cts_03_0010.html
 * It throws an InputError where a successful creation lacks an id, an account or a region.
 */
export function ctsReader(rows: () => readonly CreateEvent[], readTagCall: ReadTagCall): RecordReader {
  const find = createEventTable(rows);
  return (trace, envelope, options) => read(trace, envelope, { ...options, find, readTagCall });
}

interface ReadOptions extends ParseOptions {
  readonly find: FindCreateEvent;
  readonly readTagCall: ReadTagCall;
}

function read(trace: JsonObject, envelope: Envelope, options: ReadOptions): ParsedEvent {
  const eventName = textOf(trace.trace_name);
  const service = firstText(trace.service_type, envelope.source?.replace(/^HC\./, ""));
  if (eventName === undefined || service === undefined) {
    throw new InputError("The CTS trace has no trace_name or no service_type.");
  }
  const failure = failureOf(trace);
  if (failure !== undefined) return notACreation(eventName, failure);
  const kind = textOf(trace.resource_type);
  const found = options.find(service, eventName, kind);
  const change =
    found === undefined ? options.readTagCall(trace, envelope, { ...options, source: service, eventName }) : undefined;
  if (change !== undefined) return change;
  const account = accountIn(trace);
  const served = servedRow(found, `${service} ${eventName}`, { ...options, account });
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const request = embeddedObject(trace.request);
  const response = embeddedObject(trace.response);
  const record = { ...trace, request, response };

  const inTrace = textsAt(record, row.ids);
  const ids = inTrace.length > 0 ? inTrace : textsAt(record, row.fallbackIds);
  if (ids.length === 0) {
    if (row.mayLackId !== undefined) return notACreation(eventName, row.mayLackId);
    throw incomplete(eventName, `${row.type} id at ${row.idPath}`);
  }
  if (account === undefined) throw incomplete(eventName, "account (domain_id)");
  const isGlobal = row.global === true;
  const project = isGlobal ? undefined : huaweiProject(trace);
  const region = isGlobal ? "global" : huaweiRegion(trace, response, envelope, options);
  return created(
    {
      eventId: firstText(trace.trace_id, envelope.id),
      eventName,
      createdAt: firstTime(trace.time, trace.record_time, envelope.time),
      createdBy: huaweiPrincipal(trace),
      sourceIp: textOf(trace.source_ip),
      requestTags: huaweiRequestTags(request, valueAt(record, row.tags)),
      record: trace,
    },
    ids.map((id) => refOf({ type: row.type, account, region, project, id })),
  );
}

/** `trace_rating` is normal, warning (the call failed) or incident; `code` is the HTTP status of the call. */
function failureOf(trace: JsonObject): string | undefined {
  const rating = textOf(trace.trace_rating);
  if (rating !== undefined && rating.toLowerCase() !== "normal") return `the call failed: trace_rating is ${rating}`;
  const code = textOf(trace.code);
  return code === undefined || /^2\d\d$/.test(code) ? undefined : `the call failed with status ${code}`;
}
