import { parseArn, regionOfArn, typeOfArn } from "../../core/aws-arn.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { ResourceRef, Tags } from "../../core/resource.ts";
import { textsAt } from "../json/path.ts";
import { incomplete, notACreation, type Envelope, type ParsedEvent } from "../parsed-event.ts";
import { tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";

const EVENT_NAME = "Tag Change on Resource";
const KEYS = [["changed-tag-keys"]];
const RESOURCES = [["resources"]];

/**
 * Reads AWS's own event of changed tags, which names the resource, the keys and all tags as they were afterwards, but not
 * who changed them. Its delivery is best effort.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html,
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/monitor-tags.html
 * @throws InputError where it names no resource, account or region.
 */
export function readTagChange(event: JsonObject, envelope: Envelope): ParsedEvent {
  const detail = asObject(event.detail);
  const named = textsAt(event, RESOURCES);
  if (named.length === 0) throw incomplete(EVENT_NAME, "resource");
  const refs = named.flatMap((arn) => refsOf(arn, envelope));
  if (refs.length === 0) return notACreation(EVENT_NAME, "its resource is none that has a type of ours");
  return tagsChanged(
    {
      eventId: envelope.id,
      eventName: EVENT_NAME,
      changedAt: firstTime(envelope.time),
      keys: detail?.["changed-tag-keys"] === undefined ? undefined : textsAt(detail, KEYS),
      tagsAfter: refs.length === 1 ? tagsIn(detail?.tags) : undefined,
    },
    refs,
  );
}

/** A resource's ARN; some services put something else there. */
function refsOf(arn: string, envelope: Envelope): ResourceRef[] {
  const parts = parseArn(arn);
  if (parts === undefined) return [];
  const account = parts.account === "" ? envelope.account : parts.account;
  if (account === undefined) throw incomplete(EVENT_NAME, "account");
  const region = regionOfArn(parts, envelope.region ?? "");
  if (region === "") throw incomplete(EVENT_NAME, "region");
  return [{ type: typeOfArn(parts), account, region, id: arn }];
}

/** Undefined where one of them is no text: then nothing is known. */
function tagsIn(value: unknown): Tags | undefined {
  const tags = asObject(value);
  if (tags === undefined) return undefined;
  const entries = Object.entries(tags).flatMap(([key, text]) =>
    typeof text === "string" ? [[key, text] as const] : [],
  );
  return entries.length === Object.keys(tags).length ? new Map(entries) : undefined;
}
