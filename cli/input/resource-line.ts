import { InputError } from "../../lib/core/errors.ts";
import { momentOf } from "../../lib/core/moment.ts";
import {
  providerOf,
  refOf,
  tagsFromObject,
  tagsToObject,
  type CreationEvent,
  type Resource,
  type Tags,
} from "../../lib/core/resource.ts";
import { isObject } from "./json-object.ts";

type Fields = Readonly<Record<string, unknown>>;

const REQUIRED = ["type", "account", "region", "id"] as const;

const EXAMPLES: Readonly<Record<(typeof REQUIRED)[number], string>> = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g1",
};

function requiredText(fields: Fields, name: (typeof REQUIRED)[number], where: string): string {
  const value = fields[name];
  if (typeof value === "number") throw new InputError(`${where}: "${name}" is a number; quote it: "${value}"`);
  if (value === undefined) {
    throw new InputError(`${where}: the resource has no "${name}"; add it, e.g. "${name}":"${EXAMPLES[name]}"`);
  }
  if (typeof value !== "string" || value === "") {
    throw new InputError(`${where}: "${name}" must be text that is not empty, e.g. "${EXAMPLES[name]}"`);
  }
  return value;
}

function typeOf(fields: Fields, where: string): string {
  const type = requiredText(fields, "type", where);
  const parts = type.split(":");
  if (parts.length !== 3 || parts.includes("") || providerOf(type) === undefined) {
    throw new InputError(
      `${where}: "${type}" is not a resource type; write provider:service:kind with the provider alibaba, huawei or aws`,
    );
  }
  return type;
}

function projectOf(fields: Fields, where: string): string | undefined {
  const value = fields["project"];
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new InputError(`${where}: "project" must be the id of a Huawei project as text; leave it out if unknown`);
}

function tagsOf(value: unknown, name: string, where: string): Tags {
  if (!isObject(value)) {
    throw new InputError(`${where}: "${name}" must be an object of text, e.g. {"env":"prod"}; leave it out if unknown`);
  }
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      const quoted = typeof text === "number" || typeof text === "boolean" ? `: "${text}"` : "";
      throw new InputError(`${where}: the value of tag "${key}" in "${name}" is not text; quote it${quoted}`);
    }
    tags[key] = text;
  }
  return tagsFromObject(tags);
}

const EVENT_TEXTS = ["createdBy", "createdByBasis", "createdAt", "eventId", "eventName", "sourceIp"] as const;

function eventOf(value: unknown, where: string): CreationEvent {
  if (!isObject(value)) throw new InputError(`${where}: "event" must be an object; leave it out if unknown`);
  const texts: Partial<Record<(typeof EVENT_TEXTS)[number], string>> = {};
  for (const name of EVENT_TEXTS) {
    const text = value[name];
    if (text === undefined) continue;
    if (typeof text !== "string") throw new InputError(`${where}: "event.${name}" must be text; quote it`);
    texts[name] = text;
  }
  if (texts.createdAt !== undefined && Number.isNaN(momentOf(texts.createdAt))) {
    throw new InputError(`${where}: "event.createdAt" must be a time like 2026-11-22T10:00:00Z`);
  }
  const { requestTags, record } = value;
  return {
    ...texts,
    ...(requestTags === undefined ? {} : { requestTags: tagsOf(requestTags, "event.requestTags", where) }),
    ...(record === undefined ? {} : { record }),
  };
}

/** Reads a resource from its JSON object; what else the object holds (a finding's fields) is left alone. */
export function parseResource(value: unknown, where: string): Resource {
  if (!isObject(value)) throw new InputError(`${where}: not a resource; write one JSON object a line`);
  const ref = {
    type: typeOf(value, where),
    account: requiredText(value, "account", where),
    region: requiredText(value, "region", where),
    id: requiredText(value, "id", where),
  };
  const tags = value["tags"] === undefined ? undefined : tagsOf(value["tags"], "tags", where);
  const project = projectOf(value, where);
  return {
    ...ref,
    ...(project !== undefined && { project }),
    tags,
    ...(value["event"] === undefined ? {} : { event: eventOf(value["event"], where) }),
  };
}

/** The JSON object of a resource, the inverse of parseResource. `record`, the cloud's own event, stays out. */
export function resourceToJson(resource: Resource): Readonly<Record<string, unknown>> {
  const { tags, event } = resource;
  const { requestTags, record: _record, ...texts } = event ?? {};
  return {
    ...refOf(resource),
    ...(tags === undefined ? {} : { tags: tagsToObject(tags) }),
    ...(event === undefined
      ? {}
      : { event: { ...texts, ...(requestTags === undefined ? {} : { requestTags: tagsToObject(requestTags) }) } }),
  };
}
