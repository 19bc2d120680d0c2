import { InputError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { embeddedObject, firstText, textOf } from "./json/value.ts";
import { formatIn, openEnvelope, type OpenedEvent, type RecordFormat } from "./open-envelope.ts";
import { RESOURCE_CREATED, RESOURCE_FOUND } from "./own/types.ts";
import type { NoCreation } from "./parsed-event.ts";
import { jsonErrorOffset } from "./json/error-offset.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const DEFAULT_MAX_BYTES = 1_048_576;

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
  return isSns(event) ? openSns(event) : openAny(event);
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
  return openAny(inner);
}

function openAny(event: JsonObject): OpenedEvent | NoCreation {
  const record = openEnvelope(event);
  if (record !== undefined) return record;
  if (event.specversion !== undefined) return withoutRecord(event, "data", "CloudEvents of type", event.type);
  const detailType = event["detail-type"];
  if (detailType !== undefined) return withoutRecord(event, "detail", "EventBridge events of detail-type", detailType);
  if (event.cts !== undefined) return opened("cts", part(event, "cts"));
  return openBareRecord(event);
}

function withoutRecord(event: JsonObject, name: "data" | "detail", what: string, type: unknown): NoCreation {
  // Throws: the type promises a record.
  if (formatIn(event) !== undefined) part(event, name);
  return { kind: "not-a-creation", reason: `${what} "${textOf(type) ?? ""}" tell of no API call` };
}

/** Recordings hold records without the envelope that a bus puts round them. */
function openBareRecord(record: JsonObject): OpenedEvent | NoCreation {
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
  if (record.insightDetails !== undefined) {
    return { kind: "not-a-creation", reason: "a CloudTrail Insights record counts calls, and is none" };
  }
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

function opened(format: RecordFormat, record: JsonObject): OpenedEvent {
  return { kind: "record", format, record, envelope: {} };
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

/**
 * Parses JSON.
 * @throws InputError with the position of the mistake. JSON.parse's own message quotes the text, and events must not
 * end up in logs.
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = jsonErrorOffset(text);
    if (offset >= text.length)
      throw new InputError(`${what} is not valid JSON: it ends too early, after ${text.length} characters.`);
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    throw new InputError(`${what} is not valid JSON at line ${line}, column ${column} (offset ${offset}).`);
  }
}
