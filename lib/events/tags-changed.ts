import type { Resource, ResourceRef, Tags } from "../core/resource.ts";
import type { ParsedEvent } from "./parsed-event.ts";

/** What is known of one change of tags. */
export interface ChangeTold {
  readonly eventId: string | undefined;
  readonly eventName: string;
  readonly changedAt: string | undefined;
  /** Absent = the event doesn't name them, and it may be any. */
  readonly keys: readonly string[] | undefined;
  readonly tagsAfter?: Tags | undefined;
}

/** Puts together what an event says of tags that were changed. */
export function tagsChanged(
  { eventId, eventName, changedAt, keys, tagsAfter }: ChangeTold,
  refs: readonly ResourceRef[],
): ParsedEvent {
  const [first] = refs;
  return {
    kind: "tags-changed",
    eventName,
    change: {
      // Events without an id get one of what they say, so that each delivery gets the same.
      eventId: eventId ?? `derived:${eventName}:${changedAt ?? "no-time"}:${first?.account ?? ""}:${first?.id ?? ""}`,
      ...(changedAt !== undefined && { changedAt }),
      ...(keys !== undefined && { keys }),
      ...(tagsAfter !== undefined && { tagsAfter }),
    },
    resources: refs.map((ref): Resource => ({ ...ref, tags: undefined })),
  };
}

/** The keys that a call names; undefined where it names none, which takes all of them off. */
export function keysOrAll(keys: readonly string[]): readonly string[] | undefined {
  return keys.length === 0 ? undefined : keys;
}
