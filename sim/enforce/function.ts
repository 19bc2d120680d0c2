import type { Context, SQSEvent } from "aws-lambda";
import { createDenials } from "../../lib/app/cloud/denials.ts";
import { createRegistry } from "../../lib/app/cloud/route.ts";
import { enforceKept, type EnforceKeptDeps, type EnforceMessage } from "../../lib/app/enforce/enforce-kept.ts";
import type { Log } from "../../lib/app/ports/invocation.ts";
import type { WriteCap } from "../../lib/app/ports/write-cap.ts";
import { createOffenders } from "../../lib/app/write/offenders.ts";
import { whyNotFor } from "../../lib/core/config/sender.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import type { DeadLetter, MessageCopy, MessageEnvelope, SentMessages } from "../../lib/lambda/sqs/messages.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import type { CallChecks } from "./check-calls.ts";
import { checkCopy, checkLetter } from "./check-day.ts";
import { checkOutcomes, checkActions, enteredWith } from "./check-outcomes.ts";
import { checkProgress } from "./check-progress.ts";
import { checkRelease } from "./check-write.ts";
import { remainingMs } from "../container.ts";
import {
  CALL_TIMEOUT_MS,
  FUNCTION_TIMEOUT_MS,
  MAX_RECEIVE_COUNT,
  RECORD_MS,
  type EnforceContainer,
  type Invocation,
} from "./invocation.ts";
import { createKeys } from "./keys.ts";
import { connect } from "./network.ts";
import { LONGEST_MS, type Helper } from "../hiccup.ts";
import type { Queue } from "../queue.ts";
import { createRemote, type Remote } from "../remote.ts";
import { noneOf, recordOf } from "../sqs-record.ts";
import { partOf, type SimBody } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";
import { keepLaterIn, recordIn, type EnforceStores } from "./stores.ts";

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface FunctionDeps {
  readonly simulation: Simulation;
  readonly cloud: Cloud;
  readonly checks: CallChecks;
  readonly queue: Queue<number>;
  readonly writeCap: WriteCap;
  readonly stores: EnforceStores;
}

/** The enforce function as its composition root puts it together, on the simulation's ports. */
export function composeFunction(
  container: EnforceContainer,
  deps: FunctionDeps,
): (invocation: Invocation) => Promise<void> {
  const { simulation, queue, stores } = deps;
  const { scenario, scheduler, dice } = simulation;
  const current = (): Invocation => {
    if (container.task === undefined) throw new Error("nothing is invoked");
    return container.task;
  };
  const remoteTo = (helper: Helper) => {
    const onFailure = (task: Invocation | undefined, waitMs: number) => {
      if (task === undefined) return;
      task.troubles += 1;
      if (waitMs >= LONGEST_MS) task.hanging.add(helper);
    };
    return createRemote({ container, helper, onFailure }, simulation);
  };
  const remotes = { objects: remoteTo("objects"), table: remoteTo("table"), queue: remoteTo("queue") };
  const { later, unplaced } = keepLaterIn(container, { stores, queue, remotes, current }, simulation);
  const network = { ...deps, keys: createKeys(container.clock, simulation) };
  let isOpen = !scenario.settingsInStore;

  const enforceDeps: EnforceKeptDeps = {
    policies: scenario.policies.policies,
    registry: createRegistry(scenario.accounts.map((account) => connect(account, container, network))),
    accounts: scenario.accounts,
    settleSeconds: scenario.settleSeconds,
    mode: scenario.mode,
    clock: container.clock,
    random: dice.next,
    log: SILENT,
    limiter: container.limiter,
    writeCap: capFor(current, deps, remotes.table),
    offenders: createOffenders(container.clock),
    denials: createDenials(container.clock),
    later,
    newId: () => `i${current().number}`,
    alerts: true,
    onOutcomes(outcomes) {
      const invocation = current();
      checkOutcomes(outcomes, enteredWith(invocation.batch, scenario), { invocation, container }, simulation);
    },
  };
  const handler = sqsBatch<EnforceMessage>(
    async (body, envelope) => {
      if (envelope.postponed !== undefined) {
        const record = recordIn(stores, Number(body));
        if (record?.kind !== envelope.postponed) throw new Error("the message holds no such record");
        return { kind: "message", message: { ...envelope, postponed: record } };
      }
      const content = scenario.bodies[Number(body)];
      if (content?.kind === "not-a-creation") return { kind: "ignored", reason: "not a creation" };
      if (content?.kind !== "created") throw new Error("can't be read");
      const resources = partOf(content.resources, envelope.part).map(({ created }) => created);
      const foreign = foreignIn(content, envelope, simulation);
      return { kind: "message", message: { ...envelope, resources, ...(foreign !== undefined && { foreign }) } };
    },
    async (messages, deadline) => {
      const invocation = current();
      const timeForCalls = { remainingMs: () => deadline.remainingMs() - CALL_TIMEOUT_MS - RECORD_MS };
      const actions = await enforceKept(messages, enforceDeps, timeForCalls);
      invocation.failed = false;
      const { size } = enteredWith(invocation.batch, scenario);
      if (invocation.outcomes.size !== size) {
        simulation.violate("one outcome each", `${size} entered, and ${invocation.outcomes.size} were told of`);
      }
      return actions;
    },
    {
      log: SILENT,
      count: () => {},
      clock: container.clock,
      random: dice.next,
      waitMs: scenario.waitMs,
      async ready() {
        if (!isOpen) await remotes.objects(0, () => true);
        isOpen = true;
        current().isReady = true;
      },
      sendAgain: async (copies) => {
        const invocation = current();
        try {
          return await remotes.queue(scenario.mishaps.sendAgain, () => putBack(copies, invocation, deps));
        } catch (error) {
          invocation.copyFailed = true;
          return noneOf(copies, error);
        }
      },
      deadLetters: {
        attempts: MAX_RECEIVE_COUNT,
        send: async (letters) => {
          const invocation = current();
          try {
            return await remotes.queue(scenario.mishaps.sendAgain, () => bury(letters, invocation, deps));
          } catch (error) {
            invocation.copyFailed = true;
            return noneOf(letters, error);
          }
        },
      },
    },
  );

  return async (invocation) => {
    invocation.host = container;
    const event: SQSEvent = { Records: invocation.batch.map(recordOf) };
    const context: Pick<Context, "getRemainingTimeInMillis"> = {
      getRemainingTimeInMillis: () => remainingMs(invocation, scheduler.now(), FUNCTION_TIMEOUT_MS),
    };
    const { batchItemFailures } = await handler(event, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    checkActions(failed, { invocation, unplaced, stores }, simulation);
    checkProgress(invocation, simulation);
    for (const { messageId } of invocation.batch) if (!failed.has(messageId)) queue.delete(messageId);
  };
}

/** What the composition root finds out about who brought a message. */
function foreignIn(
  { resources, forged }: Extract<SimBody, { kind: "created" }>,
  { sender }: Pick<MessageEnvelope, "sender">,
  { scenario }: Simulation,
): { readonly sender: string; readonly reason: string } | undefined {
  const from = sender === undefined ? "An event bus" : `ingest.${sender}`;
  const refs = resources.map(({ ref }) => ref);
  const reason = forged ?? (sender === undefined ? undefined : whyNotFor(sender, refs, scenario));
  return reason === undefined ? undefined : { sender: from, reason };
}

/** The queue takes the copies, or some of them. */
function putBack(
  copies: readonly MessageCopy[],
  invocation: Invocation,
  { simulation, queue }: FunctionDeps,
): SentMessages {
  const taken = new Set<string>();
  const refused = new Map<string, string>();
  for (const copy of copies) {
    const { messageId, body, delaySeconds } = copy;
    if (simulation.happens(simulation.scenario.mishaps.sendAgain / 4)) {
      invocation.copyFailed = true;
      refused.set(messageId, "the service failed");
      continue;
    }
    const beginsAnew = checkCopy(copy, invocation, simulation);
    queue.send(Number(body), { delayMs: delaySeconds * 1_000, copy, beginsAnew });
    taken.add(messageId);
    invocation.copied.set(messageId, [...(invocation.copied.get(messageId) ?? []), copy.part]);
  }
  return { taken: taken.difference(new Set(refused.keys())), refused };
}

/** The dead-letter queue takes the letters. */
function bury(
  letters: readonly DeadLetter[],
  invocation: Invocation,
  { simulation, queue }: FunctionDeps,
): SentMessages {
  for (const letter of letters) {
    checkLetter(letter, invocation, simulation);
    queue.bury(letter.messageId, letter.reason);
    invocation.copied.set(letter.messageId, [undefined]);
  }
  return { taken: new Set(letters.map(({ messageId }) => messageId)), refused: new Map() };
}

/** The one write cap, reached over the network; the checker notes what it grants. */
function capFor(current: () => Invocation, { writeCap, simulation }: FunctionDeps, remote: Remote): WriteCap {
  const { mishaps } = simulation.scenario;
  return {
    async reserve(account, count, at, reason) {
      const invocation = current();
      const granted = await remote(mishaps.store, () => writeCap.reserve(account, count, at, reason));
      // Events and repairs are reserved one after the other.
      const { count: before, byHour } = invocation.granted.get(account.account) ?? { count: 0, byHour: new Map() };
      const hour = Math.floor(at / 3_600_000);
      invocation.granted.set(account.account, {
        count: before + granted,
        byHour: new Map([...byHour, [hour, (byHour.get(hour) ?? 0) + granted]]),
      });
      return granted;
    },
    async release(account, count, at, reason) {
      checkRelease(account.account, count, current(), simulation);
      await remote(mishaps.store, () => writeCap.release(account, count, at, reason).then(() => true));
    },
  };
}
