import type { Tags } from "./resource.ts";

/** What an event says of tags that were changed on resources which were there already. */
export interface TagsChanged {
  /** The cloud's own id of the event. */
  readonly eventId: string;
  /** RFC 3339 in UTC; absent = the event doesn't say. */
  readonly changedAt?: string;
  /** The keys; absent = the event doesn't name them, and it may be any. */
  readonly keys?: readonly string[];
  /** All tags as they were after the change, where the event tells. */
  readonly tagsAfter?: Tags;
}
