import { parseArn, partitionOfRegion, regionOfArn, typeOfArn } from "../../core/aws-arn.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { compilePath, textsAt } from "../json/path.ts";
import { firstText, textOf } from "../json/value.ts";
import { incomplete, notACreation, type Envelope, type ParsedEvent } from "../parsed-event.ts";
import { keysOrAll, tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";
import { fillArn } from "./arn-template.ts";
import { placeOf, withObjects, type Place } from "./record.ts";
import { AWS_TAG_CALLS, EC2_KINDS, type AwsTagCall } from "./tag-call-table.ts";

/** Names are compared without regard to case, as those of creations are. */
function findTagCall(source: string, eventName: string): AwsTagCall | undefined {
  const [service, name] = [source.toLowerCase(), eventName.toLowerCase()];
  return AWS_TAG_CALLS.find((row) => row.source === service && row.eventName.toLowerCase() === name);
}

/**
 * Reads the CloudTrail record of a successful call, where it is one that takes tags off; undefined where it isn't. AWS tells
 * of most such changes itself as well (`readTagChange`), and makes no promise to: these calls come at least once.
 * @throws InputError where the record lacks an account or a region.
 */
export function readAwsTagCall(
  detail: JsonObject,
  envelope: Envelope,
  { source, eventName }: Pick<AwsTagCall, "source" | "eventName">,
): ParsedEvent | undefined {
  const row = findTagCall(source, eventName);
  if (row === undefined) return undefined;
  const record = withObjects(detail);
  const place = placeOf(detail, envelope);
  const failed = new Set(Object.keys(asObject(asObject(record.responseElements)?.failedResourcesMap) ?? {}));
  const refs = textsAt(record, compilePath(row.ids)).flatMap((id) => (failed.has(id) ? [] : refsOf(id, row, place)));
  if (refs.length === 0) return notACreation(eventName, "the call names no resource whose ARN is known");
  return tagsChanged(
    {
      eventId: firstText(detail.eventID, envelope.id),
      eventName,
      changedAt: firstTime(detail.eventTime, envelope.time),
      keys: row.keys === undefined ? undefined : keysOrAll(textsAt(record, compilePath(row.keys))),
    },
    refs,
  );
}

function refsOf(id: string, { arn: template, eventName }: AwsTagCall, place: Place): ResourceRef[] {
  const filled = fillArn(id.startsWith("arn:") ? "{id}" : (template ?? "{id}"), (name) => {
    if (name === "id") return id;
    // https://sqs.us-east-1.amazonaws.com/111122223333/NAME
    if (name === "lastOfUrl") return textOf(id.slice(id.lastIndexOf("/") + 1));
    if (name === "ec2Kind") return EC2_KINDS[id.slice(0, id.indexOf("-"))];
    if (name === "account" || name === "region") return place[name];
    return name === "partition" ? partitionOfRegion(place.region ?? "") : undefined;
  });
  const parts = filled === undefined ? undefined : parseArn(filled);
  if (filled === undefined || parts === undefined) return [];
  const account = parts.account === "" ? place.account : parts.account;
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = regionOfArn(parts, place.region ?? "");
  if (region === "") throw incomplete(eventName, "region (awsRegion)");
  return [{ type: typeOfArn(parts), account, region, id: filled }];
}
