import type { Context, SQSEvent } from "aws-lambda";
import { enforceTags, type EnforceDeps } from "../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/enforce/messages.ts";
import { createOffenders } from "../../lib/app/write/offenders.ts";
import type { Log } from "../../lib/app/ports/invocation.ts";
import type { WriteCap } from "../../lib/app/ports/write-cap.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import type { MessageCopy, SentMessages } from "../../lib/lambda/sqs/messages.ts";
import { createRegistry } from "../../lib/app/cloud/route.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import type { CallChecks } from "./check-calls.ts";
import { checkOutcomes, checkActions, enteredWith, partOf } from "./check-outcomes.ts";
import { remainingMs } from "../container.ts";
import {
  CALL_TIMEOUT_MS,
  FUNCTION_TIMEOUT_MS,
  MAX_RECEIVE_COUNT,
  RECORD_MS,
  WAIT_MS,
  writeKey,
  type EnforceContainer,
  type Invocation,
} from "./invocation.ts";
import { connect } from "./network.ts";
import type { Queue } from "../queue.ts";
import { createRemote, type Remote } from "../remote.ts";
import { noneOf, recordOf } from "../sqs-record.ts";
import { placeOf } from "../place.ts";
import type { Simulation } from "./simulation.ts";

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface FunctionDeps {
  readonly simulation: Simulation;
  readonly cloud: Cloud;
  readonly checks: CallChecks;
  readonly queue: Queue<number>;
  readonly writeCap: WriteCap;
}

/** The enforce function as its composition root puts it together, on the simulation's ports. */
export function composeFunction(
  container: EnforceContainer,
  deps: FunctionDeps,
): (invocation: Invocation) => Promise<void> {
  const { simulation, queue } = deps;
  const { scenario, scheduler, dice } = simulation;
  const current = (): Invocation => {
    if (container.task === undefined) throw new Error("nothing is invoked");
    return container.task;
  };
  const remote = createRemote(container, simulation);
  const enforceDeps: EnforceDeps = {
    policies: scenario.policies.policies,
    registry: createRegistry(scenario.accounts.map((account) => connect(account, container, deps))),
    accounts: scenario.accounts,
    settleSeconds: scenario.settleSeconds,
    mode: scenario.mode,
    clock: container.clock,
    random: dice.next,
    log: SILENT,
    limiter: container.limiter,
    writeCap: capFor(current, deps, remote),
    offenders: createOffenders(container.clock),
    journal: async (entries) => {
      const invocation = current();
      await remote(scenario.mishaps.record, () => true);
      for (const { account, region, id, key } of entries)
        invocation.journal.add(writeKey(placeOf({ account, region, id }), key));
    },
    record: async (outcomes) => {
      const invocation = current();
      checkOutcomes(outcomes, enteredWith(invocation.batch, scenario), { invocation, container }, simulation);
      await remote(scenario.mishaps.record, () => true);
    },
  };
  const handler = sqsBatch<CreatedMessage>(
    async (body, envelope) => {
      const content = scenario.bodies[Number(body)];
      if (content?.kind === "not-a-creation") return { kind: "ignored", reason: "not a creation" };
      if (content?.kind !== "created") throw new Error("can't be read");
      const resources = partOf(content.resources, envelope.part).map(({ created }) => created);
      return { kind: "message", message: { ...envelope, resources } };
    },
    async (messages, deadline) => {
      const invocation = current();
      const timeForCalls = { remainingMs: () => deadline.remainingMs() - CALL_TIMEOUT_MS - RECORD_MS };
      invocation.failed = true;
      const { actions, resources } = await enforceTags(messages, enforceDeps, timeForCalls);
      invocation.failed = false;
      if (resources.length !== enteredWith(invocation.batch, scenario).size) {
        simulation.violate("one outcome each", `${resources.length} outcomes were returned`);
      }
      return actions;
    },
    {
      log: SILENT,
      count: () => {},
      clock: container.clock,
      random: dice.next,
      waitMs: WAIT_MS,
      sendAgain: async (copies) => {
        const invocation = current();
        try {
          return await remote(scenario.mishaps.sendAgain, () => putBack(copies, invocation, deps));
        } catch (error) {
          invocation.copyFailed = true;
          return noneOf(copies, error);
        }
      },
      deadLetters: {
        attempts: MAX_RECEIVE_COUNT,
        send: async (letters) => {
          const invocation = current();
          const bury = () => {
            for (const { messageId } of letters) {
              queue.bury(messageId);
              invocation.copied.set(messageId, [undefined]);
            }
            return { taken: new Set(letters.map(({ messageId }) => messageId)), refused: new Map() };
          };
          try {
            return await remote(scenario.mishaps.sendAgain, bury);
          } catch (error) {
            invocation.copyFailed = true;
            return noneOf(letters, error);
          }
        },
      },
    },
  );

  return async (invocation) => {
    const event: SQSEvent = { Records: invocation.batch.map(recordOf) };
    const context: Pick<Context, "getRemainingTimeInMillis"> = {
      getRemainingTimeInMillis: () => remainingMs(invocation, scheduler.now(), FUNCTION_TIMEOUT_MS),
    };
    const { batchItemFailures } = await handler(event, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    checkActions(failed, invocation, simulation);
    for (const { messageId } of invocation.batch) if (!failed.has(messageId)) queue.delete(messageId);
  };
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
    queue.send(Number(body), { delayMs: delaySeconds * 1_000, copy });
    taken.add(messageId);
    invocation.copied.set(messageId, [...(invocation.copied.get(messageId) ?? []), copy.part]);
  }
  return { taken: taken.difference(new Set(refused.keys())), refused };
}

/** The one write cap, reached over the network; the checker notes what it grants. */
function capFor(current: () => Invocation, { writeCap, simulation }: FunctionDeps, remote: Remote): WriteCap {
  const { mishaps } = simulation.scenario;
  return {
    async reserve(account, count, at, reason) {
      const invocation = current();
      const granted = await remote(mishaps.store, () => writeCap.reserve(account, count, at, reason));
      // Events and repairs are reserved one after the other.
      const before = invocation.granted.get(account.account)?.count ?? 0;
      invocation.granted.set(account.account, { count: before + granted, hour: Math.floor(at / 3_600_000) });
      return granted;
    },
    async release(account, count, at, reason) {
      await remote(mishaps.store, () => writeCap.release(account, count, at, reason).then(() => true));
    },
  };
}
