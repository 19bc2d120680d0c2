import { InputError } from "../core/errors.ts";
import { readActionTrail } from "./actiontrail.ts";
import { readCloudTrail } from "./cloudtrail.ts";
import { readCts } from "./cts.ts";
import { parseJson } from "./json-text.ts";
import { asObject, embeddedObject, firstText, textOf, type JsonObject } from "./json-value.ts";
import type { Envelope, ParsedEvent, ParseOptions } from "./parsed-event.ts";
import { readResourceCreated, RESOURCE_CREATED } from "./resource-created.ts";
import { readResourceFound, RESOURCE_FOUND } from "./resource-found.ts";
import { checkDepth } from "./depth.ts";

export type { ParsedEvent, ParseOptions } from "./parsed-event.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const DEFAULT_MAX_BYTES = 1_048_576;

/** The detail types whose detail is the record of a call; sign-ins and insights are none. */
const CLOUDTRAIL: ReadonlySet<string> = new Set([
  "AWS API Call via CloudTrail",
  "AWS Console Action via CloudTrail",
  "AWS Service Event via CloudTrail",
]);

/**
 * Reads the body of a queue message: what it says was created, or why it says that nothing was.
 * docs/events.md lists the formats.
 * @throws InputError where the body is too long, no JSON, no event of an accepted format, or an event of a successful
 * creation without what a resource needs. It never quotes the body.
 */
export function parseEvent(body: string, options: ParseOptions = {}): ParsedEvent {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  // A character takes one to three bytes, so most bodies need no counting.
  if (body.length * 3 > maxBytes && new TextEncoder().encode(body).length > maxBytes) {
    throw new InputError(`The event is longer than ${maxBytes} bytes.`);
  }
  return parseEventValue(parseJson(body, "The event"), options);
}

/**
 * Reads an event that is parsed already, or a bare record of one of the three clouds as recordings hold them.
 * @throws InputError as `parseEvent` does.
 */
export function parseEventValue(value: unknown, options: ParseOptions = {}): ParsedEvent {
  const event = asObject(value);
  if (event === undefined) throw new InputError(`The event is ${nameOf(value)}, not a JSON object.`);
  const parsed = isSns(event) ? readSns(event, options) : readEnvelope(event, options);
  if (parsed.kind === "created") checkDepth(parsed.resources[0]?.event?.record);
  return parsed;
}

function isSns({ Type, Message, TopicArn }: JsonObject): boolean {
  return typeof Type === "string" && (Message !== undefined || TopicArn !== undefined);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function readSns(message: JsonObject, options: ParseOptions): ParsedEvent {
  if (message.Type !== "Notification") {
    return {
      kind: "not-a-creation",
      reason: `an SNS message of type ${textOf(message.Type) ?? "unknown"} holds no event`,
    };
  }
  if (typeof message.Message !== "string") throw new InputError("The SNS notification has no Message.");
  const inner = asObject(parseJson(message.Message, "The Message of the SNS notification"));
  if (inner === undefined) throw new InputError("The Message of the SNS notification is not a JSON object.");
  return readEnvelope(inner, options);
}

function readEnvelope(event: JsonObject, options: ParseOptions): ParsedEvent {
  if (event.specversion !== undefined) return readCloudEvent(event, options);
  if (event["detail-type"] !== undefined) return readEventBridge(event, options);
  if (event.cts !== undefined) return readCts(part(event, "cts"), {}, options);
  return readBareRecord(event, options);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function readEventBridge(event: JsonObject, options: ParseOptions): ParsedEvent {
  const detailType = textOf(event["detail-type"]) ?? "";
  if (!CLOUDTRAIL.has(detailType)) {
    return { kind: "not-a-creation", reason: `EventBridge events of detail-type "${detailType}" tell of no API call` };
  }
  return readCloudTrail(part(event, "detail"), envelopeOf(event, [event.account], [event.region]), options);
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
function readCloudEvent(event: JsonObject, options: ParseOptions): ParsedEvent {
  const type = textOf(event.type) ?? "";
  const envelope = envelopeOf(
    event,
    [event.aliyunaccountid, event.aliyunoriginalaccountid],
    [event.aliyunregionid, event.region, event.regionid, event.region_id],
  );
  if (type === RESOURCE_CREATED) return readResourceCreated(part(event, "data"), envelope);
  if (type === RESOURCE_FOUND) return readResourceFound(part(event, "data"), envelope.id);
  if (type.includes(":ActionTrail:")) return readActionTrail(part(event, "data"), envelope, options);
  if (type.includes(":CloudTrace:")) return readCts(part(event, "data"), envelope, options);
  return { kind: "not-a-creation", reason: `CloudEvents of type "${type}" tell of no API call` };
}

/** Recordings hold records without the envelope that a bus puts round them. */
function readBareRecord(record: JsonObject, options: ParseOptions): ParsedEvent {
  if (record.trace_name !== undefined) return readCts(record, {}, options);
  if (record.eventName !== undefined) {
    const isAws = record.awsRegion !== undefined || textOf(record.eventSource)?.includes(".amazonaws.com") === true;
    if (isAws) return readCloudTrail(record, {}, options);
    if (firstText(record.acsRegion, record.serviceName, record.eventSource) !== undefined) {
      return readActionTrail(record, {}, options);
    }
  }
  const hint = Array.isArray(record.Records) ? " It holds a list of Records: give them one by one." : "";
  throw new InputError(
    `The event has none of the accepted formats: EventBridge with CloudTrail, CloudEvents with ActionTrail or CTS, a FunctionGraph trigger, an SNS notification round one of them, ${RESOURCE_CREATED}, ${RESOURCE_FOUND}, or a bare record.${hint}`,
  );
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
