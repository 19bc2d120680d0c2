import type { ResourceRef, Tags } from "../../lib/core/resource.ts";

/** What the composers of the three clouds get. */
export interface Creation {
  readonly resource: ResourceRef;
  readonly tags: Tags;
  readonly createdBy: string;
  readonly eventId: string;
  /** RFC 3339 in UTC, with milliseconds. */
  readonly time: string;
  readonly at: number;
}
