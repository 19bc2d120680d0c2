import { errorText } from "../../core/errors.ts";
import { resourceKey, type Resource, refOf, type CreationEvent } from "../../core/resource.ts";
import type { Random } from "../ports/invocation.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import { REPAIR_CAP } from "../write/cap.ts";
import { LONGEST_DELAY_SECONDS, type MessageAction, type MessagePart } from "../ports/messages.ts";

const FIRST_DELAY_SECONDS = 5;

/**
 * A message is acknowledged only when none of its resources has to come back. `later` = the reasons of those that do,
 * by `resourceKey`.
 */
export function actionsFor(
  messages: readonly CreatedMessage[],
  later: ReadonlyMap<string, Redelivery>,
  random: Random,
): MessageAction[] {
  return messages.map(({ messageId, resources, sendCount }): MessageAction => {
    // Mostly nothing comes back, and then no keys need be made.
    const reasons = later.size === 0 ? [] : resources.flatMap((resource) => later.get(resourceKey(resource)) ?? []);
    if (reasons.length === 0) return { messageId, action: "acknowledge" };
    const retry = reasons.find(({ how }) => how === "retry");
    if (retry !== undefined) return { messageId, action: "redeliver", reason: errorText(retry.code, retry.message) };
    const isExpected = reasons.every(({ code }) => code === REPAIR_CAP);
    const delaySeconds = delayOf(reasons, sendCount, random);
    return { messageId, action: "send-again", delaySeconds, ...(isExpected && { isExpected }) };
  });
}

/**
 * The `resourceKey`s of what had to come back and can't any more: every message that it is in failed on its last delivery.
 * `actions` are those of the messages, in their order.
 */
export function givenUp(
  messages: readonly CreatedMessage[],
  actions: readonly MessageAction[],
  later: ReadonlyMap<string, Redelivery>,
): ReadonlySet<string> {
  const dead = new Set<string>();
  if (!messages.some(({ isLast }) => isLast)) return dead;
  const alive = new Set<string>();
  messages.forEach(({ isLast, resources }, index) => {
    const dies = isLast === true && actions[index]?.action === "redeliver";
    for (const key of resources.map(resourceKey)) if (later.has(key)) (dies ? dead : alive).add(key);
  });
  for (const key of alive) dead.delete(key);
  return dead;
}

/** Doubles each time that the message is sent; then half to all of it at random, within what the reasons allow. */
export function delayOf(reasons: readonly Redelivery[], sendCount: number, random: Random): number {
  const longest = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** sendCount);
  const grown = longest * (0.5 + random() / 2);
  const notAfter = Math.min(...reasons.map(({ notAfterMs = Infinity }) => notAfterMs / 1_000));
  const notBefore = Math.max(...reasons.map(({ notBeforeMs = 0 }) => notBeforeMs / 1_000));
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(1, Math.ceil(Math.max(notBefore, Math.min(grown, notAfter)))));
}

/** One message of the queue: what its event says was created. */
export interface CreatedMessage {
  readonly messageId: string;
  readonly resources: readonly Resource[];
  /** How often we have sent it again; 0 the first time. */
  readonly sendCount: number;
  /** Where its event names more resources: which of them these are. */
  readonly part?: MessagePart;
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
