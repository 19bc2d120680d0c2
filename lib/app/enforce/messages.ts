import { errorText } from "../../core/errors.ts";
import { resourceKey, type Resource, refOf, type CreationEvent } from "../../core/resource.ts";
import type { TagsChanged } from "../../core/tags-changed.ts";
import {
  comeBack,
  type ComeBackDeps,
  type ComingMessage,
  type MessageAction,
  type MessagePart,
} from "../ports/messages.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import { REPAIR_CAP, WRITE_CAP } from "../write/cap.ts";

/**
 * A message is acknowledged only when none of its resources has to come back. `later` = the reasons of those that do,
 * by `resourceKey`.
 */
export function actionsFor(
  messages: readonly CreatedMessage[],
  later: ReadonlyMap<string, Redelivery>,
  deps: ComeBackDeps,
): MessageAction[] {
  return messages.map((message): MessageAction => {
    // Mostly nothing comes back, and then no keys need be made.
    const reasons = later.size === 0 ? [] : message.resources.flatMap((one) => later.get(resourceKey(one)) ?? []);
    const [first] = reasons;
    if (first === undefined) return { messageId: message.messageId, action: "acknowledge" };
    // Of what only takes time there is less to say.
    const { code, message: said } = reasons.find(({ how }) => how === "retry") ?? first;
    return comeBack(message, errorText(code, said), deps, {
      notBeforeMs: Math.max(...reasons.map(({ notBeforeMs = 0 }) => notBeforeMs)),
      notAfterMs: Math.min(...reasons.map(({ notAfterMs = Infinity }) => notAfterMs)),
      isExpected: reasons.every(isExpected),
    });
  });
}

/** Whether it only waits for its turn: each hour brings it nearer, however many hours there are. */
export function isExpected({ code }: Pick<Redelivery, "code">): boolean {
  return code === REPAIR_CAP || code === WRITE_CAP;
}

/**
 * The `resourceKey`s of what had to come back and can't any more: every message that it is in is given up. `actions` are
 * those of the messages, in their order.
 */
export function givenUp(
  messages: readonly CreatedMessage[],
  actions: readonly MessageAction[],
  later: ReadonlyMap<string, Redelivery>,
): ReadonlySet<string> {
  const dead = new Set<string>();
  if (!actions.some(({ action }) => action === "give-up")) return dead;
  const alive = new Set<string>();
  messages.forEach(({ resources }, index) => {
    const dies = actions[index]?.action === "give-up";
    for (const key of resources.map(resourceKey)) if (later.has(key)) (dies ? dead : alive).add(key);
  });
  for (const key of alive) dead.delete(key);
  return dead;
}

/** One message of the queue: what its event says was created. */
export interface CreatedMessage extends ComingMessage {
  readonly resources: readonly Resource[];
  /** Where its event names more resources: which of them these are. */
  readonly part?: MessagePart;
  /** Nothing of it is believed: it tells of resources for which whoever brought it may not speak. */
  readonly foreign?: {
    /** Who brought it: a sender, as the configuration calls it, or a rule. */
    readonly sender: string;
    readonly reason: string;
  };
  /** An audit found them; nobody has just created anything. */
  readonly isRepair?: true;
  /** Tags of resources that were there already were changed; nothing else of them is to be judged. */
  readonly recheck?: TagsChanged;
  /** When the message was sent for the first time, in milliseconds since the epoch. */
  readonly firstSentAt?: number;
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
  for (const { resources, firstSentAt } of messages) {
    for (const said of resources) {
      const resource = notAhead(said, firstSentAt);
      const key = resourceKey(resource);
      const other = merged.get(key);
      merged.set(key, other === undefined ? resource : mergeTwo(other, resource));
    }
  }
  return merged;
}

/**
 * Nothing is told before it has happened: where an event says that its resource is created later than its message was
 * sent (a clock that is ahead, or somebody who made it up), that counts from the message. Otherwise the resource would
 * be on its way, and the tags that were asked for count as present, until then.
 */
function notAhead(resource: Resource, firstSentAt = Infinity): Resource {
  const { event } = resource;
  if (event?.createdAt === undefined || !(Date.parse(event.createdAt) > firstSentAt)) return resource;
  return { ...resource, event: { ...event, createdAt: new Date(firstSentAt).toISOString() } };
}

/** When the first message that names a resource was sent first, by `resourceKey`; those that nobody knows of are left out. */
export function firstSent(messages: readonly CreatedMessage[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { resources, firstSentAt } of messages) {
    if (firstSentAt === undefined) continue;
    for (const key of resources.map(resourceKey)) times.set(key, Math.min(firstSentAt, times.get(key) ?? Infinity));
  }
  return times;
}

function mergeTwo(a: Resource, b: Resource): Resource {
  const [first, second] = order(a.event) <= order(b.event) ? [a, b] : [b, a];
  const tags = first.tags ?? second.tags;
  const event = mergeEvents(first.event, second.event);
  const projects = [first.project, second.project];
  // One event's half a character must not hide the name that another one tells.
  const project = projects.find((name) => name?.isWellFormed()) ?? projects.find((name) => name !== undefined);
  const ref = refOf({ ...first, project });
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
