import type { ResourceRef } from "../lib/core/resource.ts";

/** Ids are unique within an account and region. */
export function placeOf({ account, region, id }: Omit<ResourceRef, "type">): string {
  return `${account}/${region}/${id}`;
}
