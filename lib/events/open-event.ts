import { InputError } from "../core/errors.ts";
import { parseJson } from "./json-text.ts";
import { asObject, embeddedObject, firstText, textOf, type JsonObject } from "./json-value.ts";
import { RESOURCE_CREATED, RESOURCE_FOUND } from "./own-event-types.ts";
import type { Envelope, NoCreation } from "./parsed-event.ts";

/** What a record is written as, which says who can read it. */
export type RecordFormat = "cloudtrail" | "actiontrail" | "cts" | "resource-created" | "resource-found";

/** A record out of its envelopes. */
export interface OpenedEvent {
  readonly kind: "record";
  readonly format: RecordFormat;
  readonly record: JsonObject;
  readonly envelope: Envelope;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const DEFAULT_MAX_BYTES = 1_048_576;

/** The detail types whose detail is the record of a call; sign-ins and insights are none. */
const CLOUDTRAIL: ReadonlySet<string> = new Set([
  "AWS API Call via CloudTrail",
  "AWS Console Action via CloudTrail",
  "AWS Service Event via CloudTrail",
]);

/**
 * Takes the body of a queue message out of its envelopes, or says why it tells of no creation.
 * @throws InputError where the body is too long, no JSON or no event of an accepted format. It never quotes the body.
 */
export function openBody(body: string, maxBytes = DEFAULT_MAX_BYTES): OpenedEvent | NoCreation {
  // A character takes one to three bytes, so most bodies need no counting.
  if (body.length * 3 > maxBytes && new TextEncoder().encode(body).length > maxBytes) {
    throw new InputError(`The event is longer than ${maxBytes} bytes.`);
  }
  return openEvent(parseJson(body, "The event"));
}

/**
 * The same for an event that is parsed already, or a bare record of one of the three clouds as recordings hold them.
 * @throws InputError as `openBody` does.
 */
export function openEvent(value: unknown): OpenedEvent | NoCreation {
  const event = asObject(value);
  if (event === undefined) throw new InputError(`The event is ${nameOf(value)}, not a JSON object.`);
  return isSns(event) ? openSns(event) : openEnvelope(event);
}

function isSns({ Type, Message, TopicArn }: JsonObject): boolean {
  return typeof Type === "string" && (Message !== undefined || TopicArn !== undefined);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function openSns(message: JsonObject): OpenedEvent | NoCreation {
  if (message.Type !== "Notification") {
    return {
      kind: "not-a-creation",
      reason: `an SNS message of type ${textOf(message.Type) ?? "unknown"} holds no event`,
    };
  }
  if (typeof message.Message !== "string") throw new InputError("The SNS notification has no Message.");
  const inner = asObject(parseJson(message.Message, "The Message of the SNS notification"));
  if (inner === undefined) throw new InputError("The Message of the SNS notification is not a JSON object.");
  return openEnvelope(inner);
}

function openEnvelope(event: JsonObject): OpenedEvent | NoCreation {
  if (event.specversion !== undefined) return openCloudEvent(event);
  if (event["detail-type"] !== undefined) return openEventBridge(event);
  if (event.cts !== undefined) return opened("cts", part(event, "cts"));
  return openBareRecord(event);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function openEventBridge(event: JsonObject): OpenedEvent | NoCreation {
  const detailType = textOf(event["detail-type"]) ?? "";
  if (!CLOUDTRAIL.has(detailType)) {
    return { kind: "not-a-creation", reason: `EventBridge events of detail-type "${detailType}" tell of no API call` };
  }
  return opened("cloudtrail", part(event, "detail"), envelopeOf(event, [event.account], [event.region]));
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
function openCloudEvent(event: JsonObject): OpenedEvent | NoCreation {
  const type = textOf(event.type) ?? "";
  const envelope = envelopeOf(
    event,
    [event.aliyunaccountid, event.aliyunoriginalaccountid],
    [event.aliyunregionid, event.region, event.regionid, event.region_id],
  );
  if (type === RESOURCE_CREATED) return opened("resource-created", part(event, "data"), envelope);
  if (type === RESOURCE_FOUND) return opened("resource-found", part(event, "data"), envelope);
  if (type.includes(":ActionTrail:")) return opened("actiontrail", part(event, "data"), envelope);
  if (type.includes(":CloudTrace:")) return opened("cts", part(event, "data"), envelope);
  return { kind: "not-a-creation", reason: `CloudEvents of type "${type}" tell of no API call` };
}

/** Recordings hold records without the envelope that a bus puts round them. */
function openBareRecord(record: JsonObject): OpenedEvent | NoCreation {
  if (record.trace_name !== undefined) return opened("cts", record);
  if (record.eventName !== undefined) {
    const isAws = record.awsRegion !== undefined || textOf(record.eventSource)?.includes(".amazonaws.com") === true;
    if (isAws) return opened("cloudtrail", record);
    if (firstText(record.acsRegion, record.serviceName, record.eventSource) !== undefined) {
      return opened("actiontrail", record);
    }
  }
  const hint = Array.isArray(record.Records) ? " It holds a list of Records: give them one by one." : "";
  throw new InputError(
    `The event has none of the accepted formats: EventBridge with CloudTrail, CloudEvents with ActionTrail or CTS, a FunctionGraph trigger, an SNS notification round one of them, ${RESOURCE_CREATED}, ${RESOURCE_FOUND}, or a bare record.${hint}`,
  );
}

function opened(format: RecordFormat, record: JsonObject, envelope: Envelope = {}): OpenedEvent {
  return { kind: "record", format, record, envelope };
}

function envelopeOf(event: JsonObject, accounts: readonly unknown[], regions: readonly unknown[]): Envelope {
  return {
    id: textOf(event.id),
    source: textOf(event.source),
    account: firstText(...accounts),
    region: firstText(...regions),
    time: textOf(event.time),
  };
}

function part(event: JsonObject, name: "detail" | "data" | "cts"): JsonObject {
  const object = embeddedObject(event[name]);
  if (object === undefined)
    throw new InputError(`\`${name}\` of the event is ${nameOf(event[name])}, not a JSON object.`);
  return object;
}

function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
