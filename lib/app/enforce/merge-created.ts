import { refOf, resourceKey, type CreationEvent, type Resource } from "../../core/resource.ts";

/** One message of the queue: what its event says was created. */
export interface CreatedMessage {
  readonly messageId: string;
  readonly resources: readonly Resource[];
  /** How often we have sent it again; 0 the first time. */
  readonly sendCount: number;
  /** An audit found them; nobody has just created anything. */
  readonly isRepair?: true;
  /** The queue delivers it no more: if it fails now, it is a dead letter. */
  readonly isLast?: true;
}

/** The `resourceKey`s of what audits found and no message tells the creation of. */
export function repairedBy(messages: readonly CreatedMessage[]): ReadonlySet<string> {
  const keys = (ofRepairs: boolean) =>
    messages.flatMap(({ isRepair = false, resources }) => (isRepair === ofRepairs ? resources.map(resourceKey) : []));
  const found = new Set(keys(true));
  if (found.size > 0) for (const key of keys(false)) found.delete(key);
  return found;
}

/**
 * Each resource once, under its `resourceKey`, however many messages name it. Of its events the earliest tells of the
 * creation; what it doesn't say, a later one may. Whatever the order of the messages, the answer is the same.
 */
export function mergeCreated(messages: readonly CreatedMessage[]): Map<string, Resource> {
  const merged = new Map<string, Resource>();
  for (const { resources } of messages) {
    for (const resource of resources) {
      const key = resourceKey(resource);
      const other = merged.get(key);
      merged.set(key, other === undefined ? resource : mergeTwo(other, resource));
    }
  }
  return merged;
}

function mergeTwo(a: Resource, b: Resource): Resource {
  const [first, second] = order(a.event) <= order(b.event) ? [a, b] : [b, a];
  const tags = first.tags ?? second.tags;
  const event = mergeEvents(first.event, second.event);
  const ref = refOf({ ...first, project: first.project ?? second.project });
  return { ...ref, tags, ...(event === undefined ? {} : { event }) };
}

function mergeEvents(first: CreationEvent | undefined, second: CreationEvent | undefined): CreationEvent | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const requestTags = new Map([...(second.requestTags ?? []), ...(first.requestTags ?? [])]);
  return { ...second, ...first, ...(requestTags.size > 0 && { requestTags }) };
}

/** By time, then by id; events without a time last. */
function order(event: CreationEvent | undefined): string {
  const at = Date.parse(event?.createdAt ?? "");
  const time = Number.isNaN(at) ? "9" : `0${String(at).padStart(16, "0")}`;
  return `${event === undefined ? "9" : "0"}${time} ${event?.eventId ?? ""}`;
}
