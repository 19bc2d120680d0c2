import { messageOf } from "../../core/errors.ts";
import type { Clock, Random } from "./invocation.ts";

/** The longest delay of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const LONGEST_DELAY_SECONDS = 900;
const FIRST_DELAY_SECONDS = 5;

/**
 * Which of the resources that a message's body names it is about: the places from `from` to before `to`, from 0. `of` = how
 * many the body named for whoever parted it; absent where an earlier version did.
 */
export interface MessagePart {
  readonly from: number;
  readonly to: number;
  readonly of?: number;
}

/** How a message of a queue ends. A message without an action goes back, as after `redeliver`. */
export type MessageAction =
  | { readonly messageId: string; readonly action: "acknowledge" }
  /** A copy is sent with this delay, at most `LONGEST_DELAY_SECONDS`, and the message is acknowledged: no delivery is spent. */
  | {
      readonly messageId: string;
      readonly action: "send-again";
      readonly delaySeconds: number;
      /** A copy for each of these parts, instead of one that is like the message. */
      readonly parts?: readonly MessagePart[];
      /** Stands beside the message where its copy can't be sent and this was its last delivery. */
      readonly reason?: string;
      /** It may take days, and nobody has to look at it: its time doesn't run out meanwhile. */
      readonly isExpected?: true;
    }
  /** Its time has run out: it becomes a dead letter with the reason. */
  | { readonly messageId: string; readonly action: "give-up"; readonly reason: string }
  /** It goes back to the queue as it is, which counts the delivery. For what can't even be given up now. */
  | { readonly messageId: string; readonly action: "redeliver"; readonly reason?: string };

/** A message that may have to come back. */
export interface ComingMessage {
  readonly messageId: string;
  /** How often we have sent it again; 0 the first time. */
  readonly sendCount: number;
  /** When it is given up, in milliseconds since the epoch; absent = never. */
  readonly waitsUntil?: number;
}

export interface ComeBackDeps {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
}

/** What is known of when to try again, in milliseconds from now. */
export interface DelayLimits {
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

/** What becomes of a message that isn't final: it comes back with a growing delay until its time is up. */
export function comeBack(
  { messageId, sendCount, waitsUntil = Infinity }: ComingMessage,
  reason: string,
  { clock, random }: ComeBackDeps,
  { isExpected = false, ...limits }: DelayLimits & { readonly isExpected?: boolean } = {},
): MessageAction {
  const delaySeconds = growingDelay(sendCount, random, limits);
  if (isExpected) return { messageId, action: "send-again", delaySeconds, reason, isExpected };
  if (clock.now() + delaySeconds * 1_000 > waitsUntil) return { messageId, action: "give-up", reason };
  return { messageId, action: "send-again", delaySeconds, reason };
}

/**
 * Whole seconds. It doubles each time that the message is sent; then half to all of it at random, within the limits.
 */
export function growingDelay(
  sendCount: number,
  random: Random,
  { notBeforeMs = 0, notAfterMs = Infinity }: DelayLimits = {},
): number {
  const longest = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** sendCount);
  const grown = longest * (0.5 + random() / 2);
  const seconds = Math.max(notBeforeMs / 1_000, Math.min(grown, notAfterMs / 1_000));
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(1, Math.ceil(seconds)));
}

export interface EachDeps<Job> extends ComeBackDeps {
  /** Told of what throws. */
  readonly onFailure: (job: Job, reason: string) => void;
  /** Says what becomes of a message whose time is up; absent = it is a dead letter. If it throws, the message goes back. */
  readonly giveUp?: (job: Job, reason: string) => Promise<MessageAction>;
}

/** Works on messages one after the other. What throws comes back with the reason, until its time is up. */
export async function eachByItself<Job extends ComingMessage>(
  jobs: readonly Job[],
  work: (job: Job) => Promise<MessageAction>,
  deps: EachDeps<Job>,
): Promise<MessageAction[]> {
  const actions: MessageAction[] = [];
  for (const job of jobs) {
    try {
      actions.push(await work(job));
    } catch (error) {
      const reason = messageOf(error);
      deps.onFailure(job, reason);
      const action = comeBack(job, reason, deps);
      actions.push(action.action === "give-up" ? await lastAction(job, action, deps) : action);
    }
  }
  return actions;
}

async function lastAction<Job extends ComingMessage>(
  job: Job,
  action: Extract<MessageAction, { action: "give-up" }>,
  { giveUp, onFailure }: EachDeps<Job>,
): Promise<MessageAction> {
  if (giveUp === undefined) return action;
  try {
    return await giveUp(job, action.reason);
  } catch (error) {
    const reason = `${action.reason}; and it could not be given up: ${messageOf(error)}`;
    onFailure(job, reason);
    return { messageId: job.messageId, action: "redeliver", reason };
  }
}
