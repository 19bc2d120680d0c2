import { parseArn, regionOfArn, typeOfArn, type Arn } from "../core/aws-arn.ts";
import { InputError } from "../core/errors.ts";
import type { ResourceRef } from "../core/resource.ts";
import { fillArn } from "./arn-template.ts";
import { awsPrincipal } from "./aws-principal.ts";
import { AWS_CREATE_EVENTS } from "./aws-create-events.ts";
import { AWS_EXPERIMENTAL_CREATE_EVENTS } from "./aws-experimental-create-events.ts";
import { createEventTable, type CompiledCreateEvent } from "./create-event-table.ts";
import { asObject, embeddedObject, firstText, isTrue, textOf, type JsonObject } from "./json-value.ts";
import {
  created,
  incomplete,
  notACreation,
  type Envelope,
  type ParsedEvent,
  type ParseOptions,
} from "./parsed-event.ts";
import { textsAt, valueAt } from "./path.ts";
import { requestTags } from "./request-tags.ts";
import { servedRow } from "./served-row.ts";
import { firstTime } from "./time.ts";

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
  const served = servedRow(findCreateEvent(source.replace(/\.cn$/, ""), eventName), `${source} ${eventName}`, options);
  if ("reason" in served) return notACreation(eventName, served.reason);
  const { row } = served;
  const record = withObjects(detail);
  if (isTrue(valueAt(record, row.update))) return notACreation(eventName, "the call updated what was already there");

  const place = placeOf(detail, envelope);
  const arns = arnsOf(row, record, place);
  if (arns.length === 0) {
    if (row.mayLackId !== undefined) return notACreation(eventName, row.mayLackId);
    throw incomplete(eventName, `${row.type} id at ${row.idPath}, account or region`);
  }
  const request = asObject(record.requestParameters);
  const region = regionName(valueAt(record, row.region)) ?? place.region;
  return created(
    {
      eventId: firstText(detail.eventID, envelope.id),
      eventName,
      createdAt: firstTime(detail.eventTime, envelope.time),
      createdBy: awsPrincipal(detail.userIdentity),
      sourceIp: textOf(detail.sourceIPAddress),
      requestTags: requestTags(tagContainers(request, eventName), row.type.slice(row.type.lastIndexOf(":") + 1)),
      record: detail,
    },
    arns.map((arn) => resourceOf(arn, row, { ...place, region }, eventName)),
  );
}

interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

function placeOf(detail: JsonObject, envelope: Envelope): Place {
  return {
    account: firstText(detail.recipientAccountId, envelope.account, asObject(detail.userIdentity)?.accountId),
    region: firstText(detail.awsRegion, envelope.region),
  };
}

interface NamedArn {
  readonly arn: string;
  readonly parts: Arn;
}

function arnsOf(row: CompiledCreateEvent, record: JsonObject, place: Place): NamedArn[] {
  const request = asObject(record.requestParameters);
  const toArn = (template: string | undefined) => (id: string) => {
    // Some calls take an ARN wherever they take a name.
    const arn = fillArn(id.startsWith("arn:") ? "{id}" : (template ?? "{id}"), (name) => {
      if (name === "id") return withoutPrefix(id, row.idPrefix);
      if (name === "account" || name === "region") return place[name];
      return name === "partition" ? partitionOf(place.region) : textOf(request?.[name]);
    });
    // An ARN of another type was merely used, or is no ARN at all.
    const parts = arn === undefined ? undefined : parseArn(arn);
    return arn !== undefined && parts !== undefined && typeOfArn(parts) === row.type ? [{ arn, parts }] : [];
  };
  const arns = textsAt(record, row.ids).flatMap(toArn(row.arn));
  return arns.length > 0 ? arns : textsAt(record, row.fallbackIds).flatMap(toArn(row.fallbackArn));
}

function withoutPrefix(id: string, prefix: string | undefined): string {
  return prefix !== undefined && id.startsWith(prefix) ? id.slice(prefix.length) : id;
}

function resourceOf({ arn, parts }: NamedArn, row: CompiledCreateEvent, place: Place, eventName: string): ResourceRef {
  const account = parts.account === "" ? place.account : parts.account;
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = regionOfArn(parts, place.region ?? "");
  if (region === "") throw incomplete(eventName, "region (awsRegion)");
  return { type: row.type, account, region, id: arn };
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region = ""): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  if (region.startsWith("us-iso-")) return "aws-iso";
  if (region.startsWith("us-isob-")) return "aws-iso-b";
  return region.startsWith("eusc-") ? "aws-eusc" : "aws";
}

/** S3 keeps the old name of its first European region. */
function regionName(value: unknown): string | undefined {
  return value === "EU" ? "eu-west-1" : textOf(value);
}

/** `aws.ec2`, the source that EventBridge gives, as the host that CloudTrail names. */
function serviceHost(source: string | undefined): string | undefined {
  return source?.startsWith("aws.") === true ? `${source.slice(4)}.amazonaws.com` : undefined;
}

/** Exports of CloudTrail hold request and response as JSON strings. */
function withObjects(detail: JsonObject): JsonObject {
  if (typeof detail.requestParameters !== "string" && typeof detail.responseElements !== "string") return detail;
  return {
    ...detail,
    requestParameters: embeddedObject(detail.requestParameters),
    responseElements: embeddedObject(detail.responseElements),
  };
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
