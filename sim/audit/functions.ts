import { attemptShard, giveUpShard, type AttemptEnd } from "../../lib/app/audit/attempt-shard.ts";
import type { AuditShardDeps } from "../../lib/app/audit/audit-shard.ts";
import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import { runNameAt, startAudit } from "../../lib/app/audit/start-audit.ts";
import { auditLimiter } from "../../lib/app/cloud/rate/audit-limiter.ts";
import type { Log, Random } from "../../lib/app/ports/invocation.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { TagProvider } from "../../lib/app/ports/provider.ts";
import type { RateClaims } from "../../lib/app/ports/rate-claims.ts";
import type { RunStore } from "../../lib/app/ports/runs.ts";
import { readHistory } from "../../lib/app/report/history.ts";
import { publishReport } from "../../lib/app/report/publish-report.ts";
import { comeBack, eachByItself, type ComeBackDeps, type MessageAction } from "../../lib/app/ports/messages.ts";
import { parseReportMessage, parseShardMessage } from "../../lib/lambda/sqs/audit-messages.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import { createRegistry } from "../../lib/app/cloud/route.ts";
import type { Helper } from "../hiccup.ts";
import { createRemote, type Remote } from "../remote.ts";
import type { AlertWatch } from "./alerts.ts";
import type { CallChecks } from "./check-calls.ts";
import type { RunChecks } from "./check-publishing.ts";
import type { EmbeddedCloud } from "./embedded-cloud.ts";
import { connect } from "./network.ts";
import type { SentRepairs } from "./repairs.ts";
import { OTHERS_TIMEOUT_MS } from "./scenario.ts";
import { deadLetters, sendAgain, sqsTrigger } from "./sqs-trigger.ts";
import type { AuditSimulation } from "./simulation.ts";
import { remoteObjects, remoteQueue, remoteRuns, type AuditQueues } from "./stores.ts";
import type { AuditContainer, AuditTask } from "./task.ts";

/** As serverless.yml has it. */
export const SHARD_DELIVERIES = 8;
export const REPORT_DELIVERIES = 5;
export const WAIT_MS = 12 * 3_600_000;

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface FunctionDeps {
  readonly simulation: AuditSimulation;
  readonly cloud: EmbeddedCloud;
  readonly checks: CallChecks;
  readonly runChecks: RunChecks;
  readonly objects: ObjectStore;
  /** When each object was written last. */
  readonly writtenAt: ReadonlyMap<string, number>;
  readonly runs: RunStore;
  readonly queues: AuditQueues;
  readonly repairs: SentRepairs;
  readonly alerts: AlertWatch;
  readonly claims: RateClaims;
}

/** The stores as one container reaches them, and what runs in it. */
function open(container: AuditContainer, { simulation, objects, runs, queues }: FunctionDeps) {
  const remoteTo = (helper: Helper): Remote => createRemote({ container, helper }, simulation);
  const [remoteTable, remoteMessages] = [remoteTo("table"), remoteTo("queue")];
  const { store } = simulation.scenario.mishaps;
  return {
    remoteTable,
    remoteQueue: remoteMessages,
    store,
    objects: remoteObjects(objects, remoteTo("objects"), store),
    runs: remoteRuns(runs, remoteTable, store),
    queue: remoteQueue(queues, remoteMessages, store),
    current: (): AuditTask => {
      if (container.task === undefined) throw new Error("nothing is invoked");
      return container.task;
    },
  };
}

/** What is over draws no more: it would change what others draw. */
function randomIn({ dice }: AuditSimulation, current: () => AuditTask): Random {
  return () => (current().over ? 0 : dice.next());
}

function comingBackIn(container: AuditContainer, simulation: AuditSimulation, current: () => AuditTask): ComeBackDeps {
  return { clock: container.clock, random: randomIn(simulation, current) };
}

function shardAction(messageId: string, attempt: AttemptEnd): MessageAction {
  if (attempt.end === "given-up") return { messageId, action: "give-up", reason: attempt.reason };
  return { messageId, action: "acknowledge" };
}

/** start-audit: what it is told names the run. */
export function composeStart(container: AuditContainer, deps: FunctionDeps): (task: AuditTask) => Promise<void> {
  const { simulation, runChecks } = deps;
  const { scenario } = simulation;
  const { objects, runs, queue, current } = open(container, deps);
  const registry = createRegistry(scenario.accounts.map((account) => connect(account, container, deps)));
  return async (task) => {
    const startedAt = Number(task.body);
    const run = runNameAt(startedAt);
    runChecks.starting(run, startedAt);
    await startAudit(
      {
        run,
        startedAt,
        at: startedAt,
        policyHash: scenario.policies.policies.hash,
        ...(!scenario.repairs && { repair: false }),
      },
      {
        config: { settleSeconds: 900, accounts: scenario.accounts },
        registry,
        runs,
        queue,
        log: SILENT,
        history: () => readHistory(objects, partitionedLayout),
      },
    );
    runChecks.started(run);
    deps.queues.starts.delete(current().messageId);
  };
}

/** What has no region has a shard of its own here, and is served in AWS's home region, under one quota. */
function withHomes(provider: TagProvider): TagProvider {
  return provider.provider === "aws" ? { ...provider, globalHomes: ["us-east-1"] } : provider;
}

/** audit-shard, as its composition root puts it together. */
export function composeShard(container: AuditContainer, deps: FunctionDeps): (task: AuditTask) => Promise<void> {
  const { simulation } = deps;
  const { scenario, trace, counts } = simulation;
  const opened = open(container, deps);
  const { objects, runs, queue, current } = opened;
  const noteFailure = (_: unknown, reason: string): void =>
    trace?.note(container.name, "says", "message failed and comes back", reason);
  const registry = createRegistry(scenario.accounts.map((account) => connect(account, container, deps)));
  const openLimiter = () =>
    auditLimiter(container.limiter, {
      claims: deps.claims,
      clock: container.clock,
      log: SILENT,
      registry: { all: registry.all.map(withHomes) },
      auditReads: 0.5,
      name: `i${current().number}`,
    });
  const shardDeps: Omit<AuditShardDeps, "limiter"> = {
    config: { settleSeconds: 900, accounts: scenario.accounts },
    registry,
    policies: async () => scenario.policies.policies,
    runs,
    queue,
    objects,
    layout: partitionedLayout,
    clock: container.clock,
    random: randomIn(simulation, current),
    log: SILENT,
    newAttempt: () => `i${current().number}`,
    enforceQueue: deps.repairs.queue(opened.remoteQueue, opened.store),
    sizes: scenario.sizes,
    reserveMs: scenario.time.reserveMs,
  };
  const comingBack = comingBackIn(container, simulation, current);
  const handler = sqsBatch(
    async (body, envelope) => ({ kind: "message", message: { ...envelope, message: parseShardMessage(body) } }),
    (jobs, deadline) =>
      eachByItself(
        jobs,
        async ({ messageId, message, receiveCount }) => {
          const limiter = openLimiter();
          const attempt = { receiveCount, deliveries: SHARD_DELIVERIES };
          try {
            const ended = await attemptShard(message, attempt, { ...shardDeps, limiter }, deadline);
            trace?.note(container.name, "ends shard", message.shard.id, `${message.run} ${ended.end}`);
            if (ended.end === "handed-on") counts.handedOn += 1;
            return shardAction(messageId, ended);
          } finally {
            await limiter.release();
          }
        },
        {
          ...comingBack,
          onFailure: noteFailure,
          giveUp: async ({ messageId, message }, reason) => {
            const ended = await giveUpShard(message, reason, { ...shardDeps, limiter: container.limiter });
            return shardAction(messageId, ended);
          },
        },
      ),
    {
      log: SILENT,
      count: () => {},
      ...comingBack,
      waitMs: WAIT_MS,
      sendAgain: sendAgain(deps.queues.shards, opened),
      deadLetters: deadLetters(deps.queues.shards, SHARD_DELIVERIES, opened),
    },
  );
  return sqsTrigger(handler, { queue: deps.queues.shards, timeoutMs: simulation.scenario.time.timeoutMs }, simulation);
}

/** publish-report, as its composition root puts it together. */
export function composeReport(container: AuditContainer, deps: FunctionDeps): (task: AuditTask) => Promise<void> {
  const { runChecks, simulation } = deps;
  const opened = open(container, deps);
  const { objects, runs } = opened;
  const { policies } = simulation.scenario.policies;
  const alert = deps.alerts.alerter(container, opened);
  const comingBack = comingBackIn(container, simulation, opened.current);
  const handler = sqsBatch(
    async (body, envelope) => ({ kind: "message", message: { ...envelope, run: parseReportMessage(body) } }),
    (jobs) =>
      eachByItself(
        jobs,
        async (job) => {
          const { messageId, run } = job;
          const publishing = runChecks.publishing(run, container);
          const publication = await publishReport(run, {
            runs: publishing.watch(runs),
            objects,
            layout: partitionedLayout,
            clock: container.clock,
            exemptions: async ({ at }) => policies.exemptionsAt(at),
            policiesOf: async () => policies.policies,
            requirements: async () => policies.requirements,
            alert,
          });
          publishing.ended(publication.state);
          if (publication.state !== "taken") return { messageId, action: "acknowledge" };
          return comeBack(job, "taken", comingBack, { notBeforeMs: publication.leaseMs });
        },
        { ...comingBack, onFailure: () => {} },
      ),
    {
      log: SILENT,
      count: () => {},
      ...comingBack,
      waitMs: WAIT_MS,
      sendAgain: sendAgain(deps.queues.reports, opened),
      deadLetters: deadLetters(deps.queues.reports, REPORT_DELIVERIES, opened),
    },
  );
  return sqsTrigger(handler, { queue: deps.queues.reports, timeoutMs: OTHERS_TIMEOUT_MS }, simulation);
}
