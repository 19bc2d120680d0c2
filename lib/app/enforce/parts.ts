import { resourceKey } from "../../core/resource.ts";
import type { MessageAction, MessagePart } from "../ports/messages.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import type { CreatedMessage } from "./messages.ts";

/** Copies of one message at a time. Fewer, larger parts are split again where they have to be. */
const MOST_PARTS = 10;
const PART_DELAY_SECONDS = 1;

/**
 * What becomes of messages that name more resources than an invocation has time for. Of a copy of the whole, the next
 * invocation would have to read again what is done, and one whose reads don't fit an invocation would never end. So it is
 * sent again in parts, each of them the same body with the places of some resources that are left: a message gets smaller
 * with every invocation that does something. What failed goes apart from what was not reached, or it would take that along
 * to the dead letters.
 */
export function inParts(
  messages: readonly CreatedMessage[],
  actions: readonly MessageAction[],
  later: ReadonlyMap<string, Redelivery>,
): MessageAction[] {
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  return actions.map((action) => {
    const message = byId.get(action.messageId);
    return message === undefined ? action : smaller(message, action, later);
  });
}

function smaller(
  message: CreatedMessage,
  action: MessageAction,
  later: ReadonlyMap<string, Redelivery>,
): MessageAction {
  const { messageId, resources, part } = message;
  if (action.action !== "send-again" && action.action !== "redeliver") return action;
  if (resources.length === 1) return action;
  const left = resources.flatMap((resource, place): Left[] => {
    const reason = later.get(resourceKey(resource));
    return reason === undefined ? [] : [{ place, isReached: reason.isUnreached !== true }];
  });
  const isSmaller = left.length < resources.length || left.some(({ isReached }) => isReached);
  if (!isSmaller || left.every(({ isReached }) => isReached)) return action;
  const offset = part?.from ?? 0;
  const of = part === undefined ? resources.length : part.of;
  const parts = partsOf(left).map(({ from, to }) => ({
    from: from + offset,
    to: to + offset,
    ...(of !== undefined && { of }),
  }));
  const delaySeconds = action.action === "send-again" ? action.delaySeconds : PART_DELAY_SECONDS;
  return { messageId, action: "send-again", delaySeconds, parts };
}

interface Left {
  readonly place: number;
  readonly isReached: boolean;
}

/** The runs of what is left; where there are too many, those with the least between them are put together. */
function partsOf(left: readonly Left[]): MessagePart[] {
  const cuts = left.flatMap((one, index) => {
    const next = left[index + 1];
    if (next === undefined) return [];
    const done = next.place - one.place - 1;
    return done > 0 || next.isReached !== one.isReached ? [{ index: index + 1, done }] : [];
  });
  const largest = cuts.toSorted((a, b) => b.done - a.done).slice(0, MOST_PARTS - 1);
  const starts = [0, ...largest.map(({ index }) => index).toSorted((a, b) => a - b), left.length];
  return starts.slice(0, -1).flatMap((start, n) => {
    const [first, last] = [left[start], left[(starts[n + 1] ?? left.length) - 1]];
    return first === undefined || last === undefined ? [] : [{ from: first.place, to: last.place + 1 }];
  });
}
