import { parseArn, regionOfArn, typeOfArn } from "../../core/aws-arn.ts";
import { InputError } from "../../core/errors.ts";
import { providerOf, type ResourceRef } from "../../core/resource.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { firstText, textOf } from "../json/value.ts";
import { created, type Envelope, type ParsedEvent } from "../parsed-event.ts";
import { requestTags } from "../request-tags.ts";
import { firstTime, utcTime } from "../time.ts";
import { RESOURCE_CREATED } from "./types.ts";

/**
 * Reads `data` of our own CloudEvent.
 * @throws InputError that names the field which is missing or wrong: whoever sends these can correct them.
 */
export function readResourceCreated(data: JsonObject, envelope: Envelope): ParsedEvent {
  const ref = readResource(data, RESOURCE_CREATED);
  const { createdAt } = data;
  if (createdAt !== undefined && utcTime(createdAt) === undefined)
    throw wrong(RESOURCE_CREATED)("createdAt", "a time such as 2026-11-22T07:33:46Z");
  const createdBy = textOf(data.createdBy);
  return created(
    {
      eventId: envelope.id,
      eventName: firstText(data.eventName) ?? RESOURCE_CREATED,
      createdAt: firstTime(createdAt, envelope.time),
      createdBy: createdBy === undefined ? undefined : { name: createdBy, basis: "given" },
      sourceIp: textOf(data.sourceIp),
      requestTags: new Map([...tagMap(data, "tags"), ...tagMap(data, "requestTags")]),
      record: data,
    },
    [ref],
  );
}

/**
 * The resource that `data` of a CloudEvent of ours names.
 * @throws InputError that names the field which is missing or wrong, and the event's type.
 */
export function readResource(data: JsonObject, eventType: string): ResourceRef {
  const fail = wrong(eventType);
  const field = (name: "type" | "account" | "region" | "project" | "id"): string => {
    const value = data[name];
    if (typeof value !== "string" || textOf(value) === undefined) throw fail(name, "a text that is not empty");
    return value;
  };
  const ref: ResourceRef = {
    type: field("type"),
    account: field("account"),
    region: field("region"),
    ...(data["project"] !== undefined && { project: field("project") }),
    id: field("id"),
  };
  const { type, id, region } = ref;
  const provider = providerOf(type);
  if (provider === undefined || type.split(":").length !== 3 || type.includes("*")) {
    throw fail("type", "provider:service:kind with provider alibaba, huawei or aws");
  }
  if (provider !== "aws") return ref;
  if (parseArn(id) === undefined) throw fail("id", "the ARN of an AWS resource");
  if (typeOfArn(id) !== type) throw fail("type", `${typeOfArn(id)}, as its ARN says`);
  if (regionOfArn(id, region) !== region) throw fail("region", `${regionOfArn(id, region)}, as its ARN says`);
  return ref;
}

function tagMap(data: JsonObject, name: "tags" | "requestTags"): ReadonlyMap<string, string> {
  const value = data[name];
  if (value === undefined) return new Map();
  const object = asObject(value);
  if (object === undefined || !Object.values(object).every((text) => typeof text === "string")) {
    throw wrong(RESOURCE_CREATED)(name, 'an object of texts, such as { "env": "prod" }');
  }
  return requestTags([{ tags: object }], "");
}

function wrong(eventType: string) {
  return (name: string, expected: string): InputError =>
    new InputError(`data.${name} of the ${eventType} event must be ${expected}.`);
}
