import { createHash } from "node:crypto";
import { resourceKey, type ResourceRef } from "../../lib/core/resource.ts";

/** An id in the form of a UUID that stays the same for the same resource and time. */
export function eventIdOf(resource: ResourceRef, at: number): string {
  const hex = createHash("sha256")
    .update(`${resourceKey(resource)} ${at}`)
    .digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
