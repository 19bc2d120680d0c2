import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { enforceTags, type EnforceDeps } from "../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/enforce/messages.ts";
import { createOffenders } from "../../lib/app/write/offenders.ts";
import type { Log } from "../../lib/app/ports/invocation.ts";
import type { WriteCap } from "../../lib/app/ports/write-cap.ts";
import { sqsBatch, type MessageCopy } from "../../lib/lambda/sqs/batch.ts";
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
  writeKey,
  type EnforceContainer,
  type Invocation,
} from "./invocation.ts";
import { connect } from "./network.ts";
import type { Queue, Received } from "../queue.ts";
import { createRemote, type Remote } from "../remote.ts";

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
    async (body, { messageId, sendCount, receiveCount, part }) => {
      const content = scenario.bodies[Number(body)];
      if (content?.kind === "not-a-creation") return { kind: "ignored", reason: "not a creation" };
      if (content?.kind !== "created") throw new Error("can't be read");
      const resources = partOf(content.resources, part).map(({ created }) => created);
      const isLast = receiveCount >= MAX_RECEIVE_COUNT;
      return {
        kind: "message",
        message: { messageId, sendCount, resources, ...(part && { part }), ...(isLast && { isLast }) },
      };
    },
    async (messages, deadline) => {
      const invocation = current();
      const timeForCalls = { remainingMs: () => deadline.remainingMs() - CALL_TIMEOUT_MS - RECORD_MS };
      const { actions, resources } = await enforceTags(messages, enforceDeps, timeForCalls);
      if (resources.length !== enteredWith(invocation.batch, scenario).size) {
        simulation.violate("one outcome each", `${resources.length} outcomes were returned`);
      }
      return actions;
    },
    {
      log: SILENT,
      count: () => {},
      sendAgain: async (copies) =>
        remote(scenario.mishaps.sendAgain, () => putBack(copies, current(), deps)).catch(noteFailure(current())),
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

function noteFailure(invocation: Invocation): (error: unknown) => never {
  return (error) => {
    invocation.copyFailed = true;
    throw error;
  };
}

/** The queue takes the copies, or some of them. */
function putBack(
  copies: readonly MessageCopy[],
  invocation: Invocation,
  { simulation, queue }: FunctionDeps,
): ReadonlySet<string> {
  const accepted = new Set<string>();
  const refused = new Set<string>();
  for (const { messageId, body, delaySeconds, sendCount, part } of copies) {
    if (simulation.happens(simulation.scenario.mishaps.sendAgain / 4)) {
      invocation.copyFailed = true;
      refused.add(messageId);
      continue;
    }
    queue.send(Number(body), { delayMs: delaySeconds * 1_000, sendCount, ...(part && { part }) });
    accepted.add(messageId);
    invocation.copied.set(messageId, [...(invocation.copied.get(messageId) ?? []), part]);
  }
  return accepted.difference(refused);
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

function recordOf({ messageId, body, receiveCount, sendCount, part }: Received<number>): SQSRecord {
  return {
    messageId,
    receiptHandle: messageId,
    body: String(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: "0",
      SenderId: "sim",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {
      ...(sendCount > 0 && { sendCount: { dataType: "Number", stringValue: String(sendCount) } }),
      ...(part && { part: { dataType: "String", stringValue: `${part.from}-${part.to}` } }),
    },
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:enforce",
    awsRegion: "us-east-1",
  };
}
