import type { JsonObject } from "../core/json.ts";
import { embeddedObject, firstText, textOf } from "./json/value.ts";
import { RESOURCE_CREATED, RESOURCE_FOUND } from "./own/types.ts";
import type { Envelope } from "./parsed-event.ts";

/** What a record is written as, which says who can read it. */
export type RecordFormat = "cloudtrail" | "actiontrail" | "cts" | "tag-change" | "resource-created" | "resource-found";

/** A record out of its envelopes. */
export interface OpenedEvent {
  readonly kind: "record";
  readonly format: RecordFormat;
  readonly record: JsonObject;
  readonly envelope: Envelope;
}

/** The detail types whose detail is the record of a call; sign-ins and insights are none. */
const CLOUDTRAIL: ReadonlySet<string> = new Set([
  "AWS API Call via CloudTrail",
  "AWS Console Action via CloudTrail",
  "AWS Service Event via CloudTrail",
]);

/** What AWS itself tells of tags: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html */
const TAG_CHANGE = "Tag Change on Resource";

/** Takes a record out of the envelope that a bus puts round it; undefined where the event is anything else. */
export function openEnvelope(event: JsonObject): OpenedEvent | undefined {
  const format = formatIn(event);
  if (format === undefined) return undefined;
  const isCloudEvent = event.specversion !== undefined;
  const record = format === "tag-change" ? event : embeddedObject(isCloudEvent ? event.data : event.detail);
  if (record === undefined) return undefined;
  const envelope = {
    id: textOf(event.id),
    source: textOf(event.source),
    account: isCloudEvent ? firstText(event.aliyunaccountid, event.aliyunoriginalaccountid) : textOf(event.account),
    originalAccount: isCloudEvent ? textOf(event.aliyunoriginalaccountid) : undefined,
    region: isCloudEvent
      ? firstText(event.aliyunregionid, event.region, event.regionid, event.region_id)
      : textOf(event.region),
    time: textOf(event.time),
  };
  return { kind: "record", format, record, envelope };
}

/**
 * What the type of a bus's event says of its record; undefined where it holds no record of a call.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function formatIn(event: JsonObject): RecordFormat | undefined {
  if (event.specversion === undefined) {
    const detailType = textOf(event["detail-type"]) ?? "";
    if (CLOUDTRAIL.has(detailType)) return "cloudtrail";
    return detailType === TAG_CHANGE && event.source === "aws.tag" ? "tag-change" : undefined;
  }
  const type = textOf(event.type) ?? "";
  if (type === RESOURCE_CREATED) return "resource-created";
  if (type === RESOURCE_FOUND) return "resource-found";
  if (type.includes(":ActionTrail:")) return "actiontrail";
  return type.includes(":CloudTrace:") ? "cts" : undefined;
}
