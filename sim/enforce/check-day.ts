import { LONGEST_DELAY_SECONDS } from "../../lib/app/ports/messages.ts";
import type { DeadLetter, MessageCopy } from "../../lib/lambda/sqs/messages.ts";
import type { Received } from "../queue.ts";
import { MAX_RECEIVE_COUNT, type Invocation } from "./invocation.ts";
import { CALM, partOf, type SimResource } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

/** Copies are sent when the whole batch has ended, which may be an invocation later than one's delay was chosen. */
const SLACK_MS = 70_000;
/** The longest that anything goes on waiting for when it is over: a cloud's hint of an hour, and delays. */
const AFTERMATH_MS = 80 * 60_000;
/** What waits for its turn: its day begins anew with each copy. */
const EXPECTED: ReadonlySet<string | undefined> = new Set(["WriteCap", "RepairCap"]);

/** What is sent again still has some of its day. Answers whether its day begins anew. */
export function checkCopy(
  copy: MessageCopy,
  invocation: Invocation,
  { scenario, scheduler, violate }: Simulation,
): boolean {
  const message = invocation.batch.find(({ messageId }) => messageId === copy.messageId);
  if (message === undefined) {
    violate("acknowledged", `a copy of ${copy.messageId} was sent, which nobody had received`);
    return false;
  }
  const open = openIn(message, invocation, scenario.bodies);
  const onlyWaits = open.length > 0 && open.every(({ place }) => EXPECTED.has(invocation.outcomes.get(place)?.code));
  if (onlyWaits && !invocation.failed) return true;
  const over = scheduler.now() + copy.delaySeconds * 1_000 - (message.lineage.dayFrom + scenario.waitMs);
  if (over > SLACK_MS && scenario.mishaps.clockJump === 0) {
    violate("the day", `${copy.messageId} was sent again ${Math.round(over / 1_000)} s after its time`);
  }
  return false;
}

/** What is given up has a reason, had its day, and still had something against it. */
export function checkLetter(
  { messageId, reason, sender }: DeadLetter,
  invocation: Invocation,
  simulation: Simulation,
): void {
  const { scenario, scheduler, violate, counts } = simulation;
  if (reason === "") violate("the day", `${messageId} was given up without a reason`);
  const message = invocation.batch.find((one) => one.messageId === messageId);
  if (message === undefined) return violate("the day", `${messageId} was given up, and nobody had received it`);
  if ((message.copy ?? message.own).sender !== sender) violate("foreign", `${messageId} lost its sender`);
  const content = scenario.bodies[message.body];
  if (content?.kind === "created" && content.resources.some(({ isStranger }) => isStranger)) {
    counts.foreign += 1;
    return;
  }
  if (message.receiveCount >= MAX_RECEIVE_COUNT || scenario.mishaps.clockJump > 0) return;
  const left = message.lineage.dayFrom + scenario.waitMs - scheduler.now();
  if (left > LONGEST_DELAY_SECONDS * 1_000 + SLACK_MS) {
    violate("the day", `${messageId} was given up ${Math.round(left / 1_000)} s before its time: ${reason}`);
  }
  const open = openIn(message, invocation, scenario.bodies);
  if (open.some(({ poison }) => poison !== undefined)) return;
  const quietFor = scheduler.now() - lastTrouble(simulation);
  if (quietFor > AFTERMATH_MS) {
    violate(
      "the day",
      `${messageId} was given up, and nothing has been wrong for ${Math.round(quietFor / 60_000)} min: ${reason}`,
    );
  }
}

function openIn(
  { body, copy }: Received<number>,
  { outcomes }: Invocation,
  bodies: Simulation["scenario"]["bodies"],
): readonly SimResource[] {
  const content = bodies[body];
  if (content?.kind !== "created") return [];
  const isOpen = (outcome: string | undefined) =>
    outcome === undefined || outcome === "redelivered" || outcome === "failed";
  return partOf(content.resources, copy?.part).filter(({ place }) => isOpen(outcomes.get(place)?.outcome));
}

/** When the last fault was over. */
function lastTrouble({ scenario: { faults, hiccups, resources } }: Simulation): number {
  return Math.max(
    CALM,
    ...[...faults, ...hiccups].map(({ until }) => until),
    ...resources.map(({ createdAt, visibleAfterMs }) => createdAt + visibleAfterMs),
  );
}
