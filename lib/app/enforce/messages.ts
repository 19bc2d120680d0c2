import { errorText } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource.ts";
import type { Random } from "../ports/invocation.ts";
import type { LaterVerdict } from "../write/error-outcome.ts";
import type { CreatedMessage } from "./merge-created.ts";
import { REPAIR_CAP } from "../write/cap.ts";
import { LONGEST_DELAY_SECONDS, type MessageAction } from "../ports/messages.ts";

const FIRST_DELAY_SECONDS = 5;

/**
 * A message is acknowledged only when none of its resources has to come back. `later` = the verdicts of those that do,
 * by `resourceKey`.
 */
export function settleMessages(
  messages: readonly CreatedMessage[],
  later: ReadonlyMap<string, LaterVerdict>,
  random: Random,
): MessageAction[] {
  return messages.map(({ messageId, resources, sendCount }): MessageAction => {
    // Mostly nothing comes back, and then no keys need be made.
    const verdicts = later.size === 0 ? [] : resources.flatMap((resource) => later.get(resourceKey(resource)) ?? []);
    if (verdicts.length === 0) return { messageId, action: "acknowledge" };
    const retry = verdicts.find(({ how }) => how === "retry");
    if (retry !== undefined) return { messageId, action: "redeliver", reason: errorText(retry.code, retry.message) };
    const isExpected = verdicts.every(({ code }) => code === REPAIR_CAP);
    const delaySeconds = delayOf(verdicts, sendCount, random);
    return { messageId, action: "send-again", delaySeconds, ...(isExpected && { isExpected }) };
  });
}

/**
 * The `resourceKey`s of what had to come back and can't any more: every message that it is in failed on its last delivery.
 * `settlements` are those of the messages, in their order.
 */
export function givenUp(
  messages: readonly CreatedMessage[],
  settlements: readonly MessageAction[],
  later: ReadonlyMap<string, LaterVerdict>,
): ReadonlySet<string> {
  const dead = new Set<string>();
  if (!messages.some(({ isLast }) => isLast)) return dead;
  const alive = new Set<string>();
  messages.forEach(({ isLast, resources }, index) => {
    const dies = isLast === true && settlements[index]?.action === "redeliver";
    for (const key of resources.map(resourceKey)) if (later.has(key)) (dies ? dead : alive).add(key);
  });
  for (const key of alive) dead.delete(key);
  return dead;
}

/** Doubles with each time that the message was sent, between half and all of that, within what the verdicts know. */
export function delayOf(verdicts: readonly LaterVerdict[], sendCount: number, random: Random): number {
  const longest = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** sendCount);
  const grown = longest * (0.5 + random() / 2);
  const notAfter = Math.min(...verdicts.map(({ notAfterMs = Infinity }) => notAfterMs / 1_000));
  const notBefore = Math.max(...verdicts.map(({ notBeforeMs = 0 }) => notBeforeMs / 1_000));
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(1, Math.ceil(Math.max(notBefore, Math.min(grown, notAfter)))));
}
