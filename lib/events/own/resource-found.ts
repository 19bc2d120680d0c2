import { refOf, type ResourceRef } from "../../core/resource.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Envelope, ParsedEvent } from "../parsed-event.ts";
import { readResource } from "./resource-created.ts";
import { RESOURCE_FOUND } from "./types.ts";

/** The body of the message; the same run and resource give the same one. */
export function composeResourceFound(found: ResourceRef, run: string): string {
  const { type, account, region, id } = found;
  return JSON.stringify({
    specversion: "1.0",
    id: `${run}/${type}/${account}/${region}/${id}`,
    source: `tagwarden/audit/${run}`,
    type: RESOURCE_FOUND,
    data: refOf(found),
  });
}

/** Reads `data` of that event. Throws InputError that names the field which is missing or wrong. */
export function readResourceFound(data: JsonObject, { id: eventId }: Envelope): ParsedEvent {
  const ref = readResource(data, RESOURCE_FOUND);
  return {
    kind: "created",
    eventId: eventId ?? `derived:${RESOURCE_FOUND}:${ref.account}:${ref.id}`,
    eventName: RESOURCE_FOUND,
    resources: [{ ...ref, tags: undefined }],
  };
}
