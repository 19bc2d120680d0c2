import type { MessageCopy, OwnWord } from "../lib/lambda/sqs/messages.ts";
import type { Dice } from "./dice.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

type CopyMarks = Pick<MessageCopy, "messageId" | "sendCount" | "firstSentAt" | "countedFrom" | "part" | keyof OwnWord>;

/** What the queue knows of a message and its copies, and nobody can forge. */
export interface Lineage {
  /** When the first of them was received: its day counts from there. */
  dayFrom: number;
}

export interface Received<Body> {
  readonly messageId: string;
  readonly body: Body;
  readonly receiveCount: number;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly lineage: Lineage;
  /** What stands beside the body of one that is no copy. */
  readonly own: OwnWord;
  /** What stands beside the body of one that was sent again. */
  readonly copy: CopyMarks | undefined;
}

interface Message<Body> {
  readonly messageId: string;
  readonly body: Body;
  readonly sentAt: number;
  readonly copy: CopyMarks | undefined;
  readonly own: OwnWord;
  lineage: Lineage;
  firstReceivedAt: number;
  receiveCount: number;
  visibleAt: number;
}

/** SQS as it is documented: at least once, in any order, invisible while it is worked on, dead after so many receives. */
export interface Queue<Body> {
  send(body: Body, options?: SendOptions): void;
  /** Up to so many visible messages, in any order. */
  receive(most: number): Received<Body>[];
  delete(messageId: string): void;
  /** Puts a message among the dead letters; the message itself stays until it is deleted. */
  bury(messageId: string, reason: string): void;
  readonly size: number;
  /** Whether a message may be received now. */
  hasVisible(): boolean;
  readonly deadLetters: readonly DeadMessage<Body>[];
}

/** `reason`: why it was given up; absent where the queue itself has moved it. */
export interface DeadMessage<Body> extends Pick<Message<Body>, "messageId" | "body" | "copy"> {
  readonly reason?: string;
}

interface SendOptions {
  readonly delayMs?: number;
  readonly copy?: CopyMarks;
  readonly own?: OwnWord;
  /** Its time begins anew: it only waited for its turn. */
  readonly beginsAnew?: boolean;
}

/** What a queue stands on. */
export interface QueueStage {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly trace: Trace | undefined;
  readonly counts: { deadLetters: number };
  /** False from the calm on. */
  readonly happens: (probability: number) => boolean;
}

export interface QueueOptions<Body> {
  readonly name: string;
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
  /** How often a message that was just delivered is delivered once more, and how often a deletion is forgotten. */
  readonly mishaps: { readonly duplicate: number; readonly deleteLost: number };
  /** What the trace says of a body. */
  readonly describe: (body: Body) => string;
  /** Told whenever a message may be received. */
  readonly onVisible: () => void;
}

export function createQueue<Body>(
  { scheduler, dice, trace, counts, happens }: QueueStage,
  { name, visibilityMs, maxReceiveCount, mishaps, describe, onVisible }: QueueOptions<Body>,
): Queue<Body> {
  const messages = new Map<string, Message<Body>>();
  const deadLetters: DeadMessage<Body>[] = [];
  /** Of deleted messages, too: a copy may be sent of one whose deletion came first. */
  const lineages = new Map<string, Lineage>();
  let sent = 0;

  function appear(message: Message<Body>, at: number): void {
    message.visibleAt = at;
    scheduler.at(at, onVisible);
  }

  return {
    send(body, { delayMs = 0, copy, own = {}, beginsAnew = false } = {}) {
      sent += 1;
      // SQS counts in whole milliseconds.
      const sentAt = Math.floor(scheduler.now());
      const before = beginsAnew || copy === undefined ? undefined : lineages.get(copy.messageId);
      const message: Message<Body> = {
        messageId: `m${sent}`,
        body,
        copy,
        own,
        sentAt,
        lineage: before ?? { dayFrom: Infinity },
        firstReceivedAt: Infinity,
        receiveCount: 0,
        visibleAt: 0,
      };
      messages.set(message.messageId, message);
      lineages.set(message.messageId, message.lineage);
      trace?.note(
        name,
        "takes",
        message.messageId,
        `${describe(body)}, sent ${copy?.sendCount ?? 0} times before, delay ${delayMs} ms`,
      );
      appear(message, scheduler.now() + delayMs);
    },
    receive(most) {
      const now = scheduler.now();
      const visible = dice.shuffle([...messages.values()].filter(({ visibleAt }) => visibleAt <= now)).slice(0, most);
      return visible.flatMap((message): Received<Body>[] => {
        const { messageId, body, sentAt, copy, own, lineage } = message;
        if (message.receiveCount >= maxReceiveCount) {
          messages.delete(messageId);
          deadLetters.push(message);
          counts.deadLetters += 1;
          trace?.note(name, "gives up", messageId, `${describe(body)} after ${message.receiveCount} receives`);
          return [];
        }
        message.receiveCount += 1;
        message.firstReceivedAt = Math.min(message.firstReceivedAt, Math.floor(now));
        lineage.dayFrom = Math.min(lineage.dayFrom, now);
        const { firstReceivedAt } = message;
        const again = happens(mishaps.duplicate) ? dice.between(10, 2_000) : visibilityMs;
        appear(message, now + again);
        return [{ messageId, body, receiveCount: message.receiveCount, sentAt, firstReceivedAt, lineage, own, copy }];
      });
    },
    delete(messageId) {
      if (happens(mishaps.deleteLost)) {
        trace?.note(name, "forgets a deletion", messageId, "");
        return;
      }
      messages.delete(messageId);
    },
    bury(messageId, reason) {
      const message = messages.get(messageId);
      if (message === undefined) return;
      deadLetters.push({ messageId, body: message.body, copy: message.copy, reason });
      counts.deadLetters += 1;
      trace?.note(name, "buries", messageId, `${describe(message.body)}: ${reason}`);
    },
    hasVisible: () => messages.values().some(({ visibleAt }) => visibleAt <= scheduler.now()),
    get size() {
      return messages.size;
    },
    deadLetters,
  };
}
