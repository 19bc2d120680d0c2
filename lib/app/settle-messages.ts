import { errorText } from "../core/error-text.ts";
import type { FinalOutcome, Outcome, ResourceOutcome, TagOutcome } from "../core/outcome.ts";
import { resourceKey, type Resource } from "../core/resource.ts";
import type { Conclusion } from "./conclude.ts";
import type { CreatedMessage } from "./merge-created.ts";
import type { Random } from "./ports.ts";
import { REPAIR_CAP } from "./reserve-writes.ts";
import type { LaterVerdict } from "./verdict.ts";

/** What is to become of a message. */
export type Settlement =
  | { readonly messageId: string; readonly action: "acknowledge" }
  | { readonly messageId: string; readonly action: "redeliver"; readonly reason?: string }
  | SendAgain;

/** A copy is sent with this delay, in whole seconds, at most 900, and the message is acknowledged. */
export interface SendAgain {
  readonly messageId: string;
  readonly action: "send-again";
  readonly delaySeconds: number;
  /** It may take hours, and nobody has to look at it. */
  readonly isExpected?: true;
}

/** The longest delay of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const LONGEST_DELAY_SECONDS = 900;
const FIRST_DELAY_SECONDS = 5;

/**
 * A message is acknowledged only when none of its resources has to come back. `later` = the verdicts of those that do,
 * by `resourceKey`.
 */
export function settleMessages(
  messages: readonly CreatedMessage[],
  later: ReadonlyMap<string, LaterVerdict>,
  random: Random,
): Settlement[] {
  return messages.map(({ messageId, resources, sendCount }): Settlement => {
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

/** How one resource left the invocation. */
export interface End {
  /** Its `resourceKey`. */
  readonly key: string;
  readonly conclusion: Conclusion;
  readonly resource: Resource;
}

/**
 * What becomes of the messages and, knowing that, of their resources: what had to come back and can't any more, since
 * every message that it is in failed on its last delivery, has failed.
 */
export function settle(
  messages: readonly CreatedMessage[],
  ends: readonly End[],
  later: ReadonlyMap<string, LaterVerdict>,
  random: Random,
): { readonly settlements: readonly Settlement[]; readonly ends: readonly End[] } {
  const settlements = settleMessages(messages, later, random);
  if (!messages.some(({ isLast }) => isLast)) return { settlements, ends };
  const dead = new Set<string>();
  const alive = new Set<string>();
  messages.forEach(({ isLast, resources }, index) => {
    const dies = isLast === true && settlements[index]?.action === "redeliver";
    for (const key of resources.map(resourceKey)) if (later.has(key)) (dies ? dead : alive).add(key);
  });
  const hasFailed = ({ key }: End) => dead.has(key) && !alive.has(key);
  return { settlements, ends: ends.map((end) => (hasFailed(end) ? failed(end) : end)) };
}

function failed({ conclusion, ...end }: End): End {
  return { ...end, conclusion: { ...conclusion, outcome: asFailed(conclusion.outcome) } };
}

/** The outcome of what came back until its time was up. */
export function asFailed(one: ResourceOutcome): ResourceOutcome {
  const ended = (outcome: Outcome): FinalOutcome => (outcome === "redelivered" ? "failed" : outcome);
  const tags = one.tags.map((tag): TagOutcome => ({ ...tag, outcome: ended(tag.outcome) }));
  return { ...one, tags, outcome: ended(one.outcome) };
}

/** Doubles with each time that the message was sent, between half and all of that, within what the verdicts know. */
export function delayOf(verdicts: readonly LaterVerdict[], sendCount: number, random: Random): number {
  const longest = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** sendCount);
  const grown = longest * (0.5 + random() / 2);
  const notAfter = Math.min(...verdicts.map(({ notAfterMs = Infinity }) => notAfterMs / 1_000));
  const notBefore = Math.max(...verdicts.map(({ notBeforeMs = 0 }) => notBeforeMs / 1_000));
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(1, Math.ceil(Math.max(notBefore, Math.min(grown, notAfter)))));
}
