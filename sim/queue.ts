import type { SimBody } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

/** As serverless.yml sets the queue up. */
const VISIBILITY_MS = 370_000;
const MAX_RECEIVE_COUNT = 5;

export interface Received {
  readonly messageId: string;
  readonly body: number;
  readonly receiveCount: number;
  readonly sendCount: number;
}

interface Message {
  readonly messageId: string;
  readonly body: number;
  readonly sendCount: number;
  receiveCount: number;
  visibleAt: number;
}

/** SQS as it is documented: at least once, in any order, invisible while it is worked on, dead after so many receives. */
export interface Queue {
  send(body: number, options?: { readonly delayMs?: number; readonly sendCount?: number }): void;
  /** Up to so many visible messages, in any order. */
  receive(most: number): Received[];
  delete(messageId: string): void;
  readonly size: number;
  readonly deadLetters: readonly Pick<Message, "messageId" | "body">[];
  bodyOf(received: Pick<Received, "body">): SimBody | undefined;
}

/** `onVisible` is told whenever a message may be received. */
export function createQueue(simulation: Simulation, onVisible: () => void): Queue {
  const { scheduler, dice, trace, scenario, counts } = simulation;
  const messages = new Map<string, Message>();
  const deadLetters: Message[] = [];
  let sent = 0;

  function appear(message: Message, at: number): void {
    message.visibleAt = at;
    scheduler.at(at, onVisible);
  }

  return {
    send(body, { delayMs = 0, sendCount = 0 } = {}) {
      sent += 1;
      const message: Message = { messageId: `m${sent}`, body, sendCount, receiveCount: 0, visibleAt: 0 };
      messages.set(message.messageId, message);
      trace?.note(
        "queue",
        "takes",
        message.messageId,
        `body ${body}, sent ${sendCount} times before, delay ${delayMs} ms`,
      );
      appear(message, scheduler.now() + delayMs);
    },
    receive(most) {
      const now = scheduler.now();
      const visible = dice.shuffle([...messages.values()].filter(({ visibleAt }) => visibleAt <= now)).slice(0, most);
      return visible.flatMap((message): Received[] => {
        if (message.receiveCount >= MAX_RECEIVE_COUNT) {
          messages.delete(message.messageId);
          deadLetters.push(message);
          counts.deadLetters += 1;
          trace?.note(
            "queue",
            "gives up",
            message.messageId,
            `body ${message.body} after ${message.receiveCount} receives`,
          );
          return [];
        }
        message.receiveCount += 1;
        const again = simulation.happens(scenario.mishaps.duplicate) ? dice.between(10, 2_000) : VISIBILITY_MS;
        appear(message, now + again);
        const { messageId, body, receiveCount, sendCount } = message;
        return [{ messageId, body, receiveCount, sendCount }];
      });
    },
    delete(messageId) {
      if (simulation.happens(scenario.mishaps.deleteLost)) {
        trace?.note("queue", "forgets a deletion", messageId, "");
        return;
      }
      messages.delete(messageId);
    },
    get size() {
      return messages.size;
    },
    deadLetters,
    bodyOf: ({ body }) => scenario.bodies[body],
  };
}
