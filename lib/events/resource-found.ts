import type { ResourceRef } from "../core/resource.ts";
import type { ParsedEvent } from "./parsed-event.ts";
import type { JsonObject } from "./json-value.ts";
import { readResource } from "./resource-created.ts";

/**
 * The type of the CloudEvent by which an audit hands a finding to enforcement. It tells of no creation: nothing is
 * known of when, by whom and with which tags the resource came to be, and no default draws on it.
 */
export const RESOURCE_FOUND = "com.tagwarden.resource.found.v1";

/** The body of the message; the same run and resource give the same one. */
export function composeResourceFound({ type, account, region, id }: ResourceRef, run: string): string {
  return JSON.stringify({
    specversion: "1.0",
    id: `${run}/${type}/${account}/${region}/${id}`,
    source: `tagwarden/audit/${run}`,
    type: RESOURCE_FOUND,
    data: { type, account, region, id },
  });
}

/** Reads `data` of that event. Throws InputError that names the field which is missing or wrong. */
export function readResourceFound(data: JsonObject, eventId: string | undefined): ParsedEvent {
  const ref = readResource(data, RESOURCE_FOUND);
  return {
    kind: "created",
    eventId: eventId ?? `derived:${RESOURCE_FOUND}:${ref.account}:${ref.id}`,
    eventName: RESOURCE_FOUND,
    resources: [{ ...ref, tags: undefined }],
  };
}
