import { messageOf } from "../../core/errors.ts";

/** The longest delay of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const LONGEST_DELAY_SECONDS = 900;

/** Which of the resources that a message's body names it is about: the places from `from` to before `to`, from 0. */
export interface MessagePart {
  readonly from: number;
  readonly to: number;
}

/** How a message of a queue ends. A message without an action comes back, as after `redeliver`. */
export type MessageAction =
  | { readonly messageId: string; readonly action: "acknowledge" }
  /** The queue counts the delivery. `reason` stands beside the message where it was the last one. */
  | { readonly messageId: string; readonly action: "redeliver"; readonly reason?: string }
  /** A copy is sent with this delay, at most `LONGEST_DELAY_SECONDS`, and the message is acknowledged: no delivery is spent. */
  | {
      readonly messageId: string;
      readonly action: "send-again";
      readonly delaySeconds: number;
      /** A copy for each of these parts, instead of one that is like the message. */
      readonly parts?: readonly MessagePart[];
      /** It may take hours, and nobody has to look at it. */
      readonly isExpected?: true;
    };

/** Works on messages one after the other. What throws goes to `onFailure`, and its message comes back with the reason. */
export async function eachByItself<Job extends { readonly messageId: string }>(
  jobs: readonly Job[],
  work: (job: Job) => Promise<MessageAction>,
  onFailure: (job: Job, reason: string) => void,
): Promise<MessageAction[]> {
  const actions: MessageAction[] = [];
  for (const job of jobs) {
    try {
      actions.push(await work(job));
    } catch (error) {
      const reason = messageOf(error);
      onFailure(job, reason);
      actions.push({ messageId: job.messageId, action: "redeliver", reason });
    }
  }
  return actions;
}
