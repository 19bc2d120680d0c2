import { createHash } from "node:crypto";
import { NO_TAGS, providerOf, refOf, resourceKey, type ResourceRef, type Tags } from "../../lib/core/resource.ts";
import { composeActionTrail } from "./actiontrail.ts";
import { composeCloudTrail } from "./cloudtrail.ts";
import type { Creation } from "./creation.ts";
import { composeCts } from "./cts.ts";

export interface CreatedHow {
  /** `alice`, or `role/NAME/SESSION` on AWS; by default `alice`. */
  readonly createdBy?: string;
  /** When the resource was created, in milliseconds since the epoch. */
  readonly at: number;
}

/** A resource that was just created, with the tags that the creating request gave it. */
export type NewResource = ResourceRef & { readonly tags?: Tags | undefined };

/**
 * The body of the event that the resource's own cloud sends when it is created, in that cloud's format: EventBridge
 * with CloudTrail, a CloudEvent with ActionTrail, or a CloudEvent with CTS. Types whose creation the embedded cloud
 * doesn't imitate come as our own CloudEvent. The same resource created at the same time gives the same event.
 */
export function composeCreatedEvent(resource: NewResource, how: CreatedHow): string {
  const tags = resource.tags ?? NO_TAGS;
  const creation: Creation = {
    resource,
    tags,
    createdBy: how.createdBy ?? "alice",
    eventId: eventIdOf(resource, how.at),
    time: new Date(how.at).toISOString(),
    at: how.at,
  };
  return JSON.stringify(composers[providerOf(resource.type) ?? "other"](creation) ?? ownCloudEvent(creation));
}

const composers = {
  aws: composeCloudTrail,
  alibaba: composeActionTrail,
  huawei: composeCts,
  other: () => undefined,
};

function ownCloudEvent({ resource, tags, createdBy, eventId, time }: Creation): object {
  return {
    specversion: "1.0",
    id: eventId,
    source: "embedded-cloud",
    type: "com.tagwarden.resource.created.v1",
    time,
    data: { ...refOf(resource), createdBy, createdAt: time, requestTags: Object.fromEntries(tags) },
  };
}

/** An id in the form of a UUID that stays the same for the same resource and time. */
function eventIdOf(resource: ResourceRef, at: number): string {
  const hex = createHash("sha256")
    .update(`${resourceKey(resource)} ${at}`)
    .digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
