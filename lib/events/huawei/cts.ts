import { InputError } from "../../core/errors.ts";
import { refOf } from "../../core/resource.ts";
import { createEventTable } from "../create-event-table.ts";
import { textsAt } from "../json/path.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, textOf } from "../json/value.ts";
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
import { accountIn } from "./account.ts";
import { HUAWEI_CREATE_EVENTS } from "./create-events.ts";
import { huaweiPrincipal } from "./principal.ts";
import { huaweiProject, huaweiRegion } from "./region.ts";
import { readHuaweiTagCall } from "./tag-calls.ts";

const findCreateEvent = createEventTable(() => HUAWEI_CREATE_EVENTS);

/** Where requests keep tags: at the top, or inside the one thing that they create. */
const REQUEST_PARTS = ["user", "agency", "instance"] as const;

/**
 * Reads a CTS trace.
 * https://support.huaweicloud.com/intl/en-us/usermanual-cts/cts_03_0010.html
 * @throws InputError where a successful creation lacks an id, an account or a region.
 */
export function readCts(trace: JsonObject, envelope: Envelope, options: ParseOptions): ParsedEvent {
  const eventName = textOf(trace.trace_name);
  const service = firstText(trace.service_type, envelope.source?.replace(/^HC\./, ""));
  if (eventName === undefined || service === undefined) {
    throw new InputError("The CTS trace has no trace_name or no service_type.");
  }
  const failure = failureOf(trace);
  if (failure !== undefined) return notACreation(eventName, failure);
  const found = findCreateEvent(service, eventName);
  const change =
    found === undefined ? readHuaweiTagCall(trace, envelope, { ...options, source: service, eventName }) : undefined;
  if (change !== undefined) return change;
  const served = servedRow(found, `${service} ${eventName}`, options);
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const request = embeddedObject(trace.request);
  const response = embeddedObject(trace.response);
  const record = { ...trace, request, response };

  const inTrace = textsAt(record, row.ids);
  const ids = inTrace.length > 0 ? inTrace : textsAt(record, row.fallbackIds);
  if (ids.length === 0) throw incomplete(eventName, `${row.type} id at ${row.idPath}`);
  const account = accountIn(trace);
  if (account === undefined) throw incomplete(eventName, "account (domain_id)");
  const isGlobal = row.type.startsWith("huawei:iam:");
  const project = isGlobal ? undefined : huaweiProject(trace);
  const region = isGlobal ? "global" : huaweiRegion(trace, response, envelope, options);
  return created(
    {
      eventId: firstText(trace.trace_id, envelope.id),
      eventName,
      createdAt: firstTime(trace.time, trace.record_time, envelope.time),
      createdBy: huaweiPrincipal(trace),
      sourceIp: textOf(trace.source_ip),
      requestTags: requestTags([request, ...REQUEST_PARTS.map((part) => asObject(request?.[part]))], ""),
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
