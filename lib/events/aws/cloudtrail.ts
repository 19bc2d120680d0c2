import { parseArn, partitionOfRegion, regionOfArn, typeOfArn, type Arn } from "../../core/aws-arn.ts";
import { InputError } from "../../core/errors.ts";
import type { ResourceRef, ResourceType, Tags } from "../../core/resource.ts";
import { createEventTable, type CompiledCreateEvent } from "../create-event-table.ts";
import { textsAt, valueAt } from "../json/path.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { firstText, textOf } from "../json/value.ts";
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
import { fillArn } from "./arn-template.ts";
import { AWS_CREATE_EVENTS } from "./create-events.ts";
import { AWS_EXPERIMENTAL_CREATE_EVENTS } from "./experimental-create-events.ts";
import { awsPrincipal } from "./principal.ts";
import { placeOf, serviceHost, withObjects, type Place } from "./record.ts";
import { readAwsTagCall } from "./tag-calls.ts";

/** What AWS itself tells of tags, in the same file of a function's package. */
export { readTagChange } from "./tag-change.ts";

const findCreateEvent = createEventTable(() => [...AWS_CREATE_EVENTS, ...AWS_EXPERIMENTAL_CREATE_EVENTS]);

/**
 * Reads a CloudTrail record.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws InputError where a successful creation lacks an id, an account or a region.
 */
export function readCloudTrail(detail: JsonObject, envelope: Envelope, options: ParseOptions): ParsedEvent {
  const eventName = textOf(detail.eventName);
  const source = firstText(detail.eventSource, serviceHost(envelope.source));
  if (eventName === undefined || source === undefined) {
    throw new InputError("The CloudTrail record has no eventName or no eventSource.");
  }
  // A response may come with a failure, so the error decides.
  if (isPresent(detail.errorCode)) {
    return notACreation(eventName, `the call failed with ${textOf(detail.errorCode) ?? "an error"}`);
  }
  const service = source.replace(/\.cn$/, "");
  const found = findCreateEvent(service, eventName);
  const change = found === undefined ? readAwsTagCall(detail, envelope, { source: service, eventName }) : undefined;
  if (change !== undefined) return change;
  const served = servedRow(found, `${source} ${eventName}`, options);
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const record = withObjects(detail);
  if (isUpdate(row, record)) return notACreation(eventName, "the call updated what was already there");

  const place = placeOf(detail, envelope);
  const arns = arnsOf(row, record, place);
  if (arns.length === 0) {
    if (textsAt(record, row.failures).length > 0) return notACreation(eventName, NOTHING_DONE);
    if (row.mayLackId !== undefined) return notACreation(eventName, row.mayLackId);
    throw incomplete(eventName, `${row.type} id at ${row.idPath}, account or region`);
  }
  const region = regionName(valueAt(record, row.region)) ?? place.region;
  const resourcesOf = (found: readonly NamedArn[]) =>
    found.map((one) => resourceOf(one, { ...place, region }, eventName));
  const tagsOf = tagsByType(record, row);
  return created(
    {
      eventId: firstText(detail.eventID, envelope.id),
      eventName,
      createdAt: firstTime(detail.eventTime, envelope.time),
      createdBy: awsPrincipal(detail.userIdentity),
      sourceIp: textOf(detail.sourceIPAddress),
      requestTags: tagsOf(row.type),
      record: detail,
    },
    resourcesOf(arns),
    resourcesOf(alongside(row, record, place)),
    tagsOf,
  );
}

const NOTHING_DONE = "the call was answered as a success, and lists nothing but what it could not do";

/** What happened goes before what was asked for: whoever allows overwriting may still be the first to write. */
function isUpdate(row: CompiledCreateEvent, record: JsonObject): boolean {
  const version = textOf(valueAt(record, row.version));
  if (version !== undefined) return version !== "1";
  const update = valueAt(record, row.update);
  return update === true || (textOf(update) ?? "false") !== "false";
}

interface NamedArn {
  readonly arn: string;
  readonly parts: Arn;
  readonly type: ResourceType;
}

function arnsOf(row: CompiledCreateEvent, record: JsonObject, place: Place): NamedArn[] {
  const find = arnMaker(row, record, place);
  const arns = textsAt(record, row.ids).flatMap((id) => find(id, row.arn, row.type));
  return arns.length > 0 ? arns : textsAt(record, row.fallbackIds).flatMap((id) => find(id, row.fallbackArn, row.type));
}

function alongside(row: CompiledCreateEvent, record: JsonObject, place: Place): NamedArn[] {
  const find = arnMaker(row, record, place);
  return row.alsoIds.flatMap(({ type, ids, used, arn }) => {
    const before = new Set(textsAt(record, used));
    return textsAt(record, ids).flatMap((id) => (before.has(id) ? [] : find(id, arn, type)));
  });
}

/** Makes ids that a record holds into ARNs of one type. */
function arnMaker(row: CompiledCreateEvent, record: JsonObject, place: Place) {
  const request = asObject(record.requestParameters);
  return (id: string, template: string | undefined, type: ResourceType): NamedArn[] => {
    // Some calls take an ARN wherever they take a name.
    const isArn = id.startsWith("arn:");
    const filled = fillArn(isArn ? "{id}" : (template ?? "{id}"), (name) => {
      if (name === "id") return withoutPrefix(id, row.idPrefix);
      if (name === "account" || name === "region") return place[name];
      return name === "partition" ? partitionOfRegion(place.region ?? "") : textOf(request?.[name]);
    });
    const arn = row.versioned === true ? withoutVersion(filled) : filled;
    // An ARN of another type was merely used, or is no ARN at all.
    const parts = arn === undefined ? undefined : parseArn(arn);
    return arn !== undefined && parts !== undefined && typeOfArn(parts) === type ? [{ arn, parts, type }] : [];
  };
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME` of `…:function:NAME:VERSION`. */
function withoutVersion(arn: string | undefined): string | undefined {
  return arn?.split(":", 7).join(":");
}

function withoutPrefix(id: string, prefix: string | undefined): string {
  return prefix !== undefined && id.startsWith(prefix) ? id.slice(prefix.length) : id;
}

function resourceOf({ arn, parts, type }: NamedArn, place: Place, eventName: string): ResourceRef {
  const account = parts.account === "" ? place.account : parts.account;
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = regionOfArn(parts, place.region ?? "");
  if (region === "") throw incomplete(eventName, "region (awsRegion)");
  return { type, account, region, id: arn };
}

/** S3 keeps the old name of its first European region. */
function regionName(value: unknown): string | undefined {
  return value === "EU" ? "eu-west-1" : textOf(value);
}

/** The tags that the request gives to what it creates of one type. */
function tagsByType(record: JsonObject, row: CompiledCreateEvent): (type: ResourceType) => Tags {
  const request = asObject(record.requestParameters);
  const own = row.tagsPath === undefined ? undefined : { tags: valueAt(record, row.tags) };
  const containers = [own, ...tagContainers(request, row.eventName)];
  return (type) => requestTags(containers, type.slice(type.lastIndexOf(":") + 1));
}

/** Where requests keep tags: newer EC2 calls and API Gateway wrap the request once more. */
function tagContainers(request: JsonObject | undefined, eventName: string): (JsonObject | undefined)[] {
  if (request === undefined) return [];
  const input = `${eventName.slice(0, 1).toLowerCase()}${eventName.slice(1)}Input`;
  return [request, request[`${eventName}Request`], request[input], request.CreateBucketConfiguration].map(asObject);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
