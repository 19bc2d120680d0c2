import { randomUUID } from "node:crypto";
import { attemptShard, giveUpShard, type AttemptEnd } from "../../app/audit/attempt-shard.ts";
import type { AuditShardDeps } from "../../app/audit/audit-shard.ts";
import { partitionedLayout } from "../../app/audit/layout.ts";
import { runNameAt, startAudit } from "../../app/audit/start-audit.ts";
import { untilStarted } from "../../app/audit/until-started.ts";
import type { AuditPolicies } from "../../app/audit/work.ts";
import { auditLimiter } from "../../app/cloud/rate/audit-limiter.ts";
import { createRateLimiter } from "../../app/cloud/rate/limiter.ts";
import type { ShardMessage } from "../../app/ports/audit-queue.ts";
import { comeBack, eachByItself, type MessageAction } from "../../app/ports/messages.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import { readHistory } from "../../app/report/history.ts";
import { publishReport } from "../../app/report/publish-report.ts";
import { InputError } from "../../core/errors.ts";
import type { CompiledPolicies } from "../../core/policy/compiled.ts";
import { exemptionStates } from "../../core/policy/exemption.ts";
import { allRequirements } from "../../core/policy/requirement-ids.ts";
import { openPolicies } from "../../core/policy/open.ts";
import { kindOfSdkError } from "../../providers/aws/sdk-errors.ts";
import { dynamoRateClaims } from "../../sinks/dynamo/rate-claims.ts";
import { dynamoRunStore } from "../../sinks/dynamo/run-store.ts";
import { dynamoSeen } from "../../sinks/dynamo/seen.ts";
import { dynamoSentShards } from "../../sinks/dynamo/sent-shards.ts";
import { s3Objects } from "../../sinks/objects/s3.ts";
import { sqsAuditQueue } from "../../sinks/sqs/audit-queue.ts";
import { sqsEventQueue } from "../../sinks/sqs/event-queue.ts";
import type { LambdaHandler } from "../handler.ts";
import { addReportMetrics } from "../report-metrics.ts";
import { scheduledTime } from "../scheduled-time.ts";
import { createAwsClients } from "../settings/aws-clients.ts";
import {
  AuditShardEnvironment,
  PublishReportEnvironment,
  readEnvironment,
  StartAuditEnvironment,
  type Variables,
} from "../settings/environment.ts";
import { SettingsUnavailable } from "../settings/load-json.ts";
import { openAtStart } from "../settings/open-at-start.ts";
import { loadCompiledPolicies, loadConfig, openProviders } from "../settings/settings.ts";
import { parseReportMessage, parseShardMessage } from "../sqs/audit-messages.ts";
import { sqsBatchDeps } from "../sqs/batch-deps.ts";
import type { MessageEnvelope } from "../sqs/messages.ts";
import { createTelemetry, type Telemetry } from "../telemetry.ts";
import { reportAlerter } from "./alert-wiring.ts";
import { queueFunction, type QueueFunction } from "./queue-function.ts";

/** What the schedule or a person starts. */
export interface StartAuditFunction {
  /** An event `{ "repair": false }` starts an audit that only looks. */
  readonly start: LambdaHandler<unknown, { readonly run: string; readonly shards: number }>;
  readonly telemetry: Telemetry;
}

interface ShardJob extends MessageEnvelope {
  readonly message: ShardMessage;
}

interface ReportJob extends MessageEnvelope {
  readonly run: string;
}

const policiesName = (hash: string): string => `policies/${hash}.json`;

/** The variables that the functions of an audit have in common. */
interface AuditPlaces {
  readonly TAGWARDEN_METRICS: string;
  readonly TAGWARDEN_TABLE: string;
  readonly TAGWARDEN_BUCKET: string;
  readonly TAGWARDEN_AUDIT_QUEUE_URL: string;
  readonly TAGWARDEN_REPORT_QUEUE_URL: string;
}

/** What the functions of an audit have in common. */
function openAudit(serviceName: string, environment: AuditPlaces, variables: Variables) {
  const aws = createAwsClients(variables);
  const telemetry = createTelemetry(serviceName, environment.TAGWARDEN_METRICS);
  return {
    aws,
    telemetry,
    objects: s3Objects({ client: aws.s3, bucket: environment.TAGWARDEN_BUCKET }),
    runs: dynamoRunStore({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE }),
    queue: sqsAuditQueue({
      client: aws.sqs,
      shardQueueUrl: environment.TAGWARDEN_AUDIT_QUEUE_URL,
      reportQueueUrl: environment.TAGWARDEN_REPORT_QUEUE_URL,
    }),
  };
}

/** Puts `start-audit` together at its cold start. */
export async function composeStartAudit(processVariables: Variables): Promise<StartAuditFunction> {
  const variables = { ...processVariables };
  const environment = readEnvironment(StartAuditEnvironment, variables);
  const { aws, telemetry, objects, runs, queue } = openAudit("start-audit", environment, variables);
  const { log } = telemetry;
  const sent = dynamoSentShards({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE });
  const opened = await openAtStart(async () => {
    const [compiled, config] = await Promise.all([
      loadCompiledPolicies(environment, aws),
      loadConfig(environment, aws),
    ]);
    return { compiled, config, registry: await openProviders(config, variables, { aws, telemetry, readOnly: true }) };
  });
  return {
    telemetry,
    async start(event, context) {
      // What the schedule repeats carries on with the same run.
      const startedAt = scheduledTime(event) ?? systemClock.now();
      const run = runNameAt(startedAt);
      const deadline = { remainingMs: () => context.getRemainingTimeInMillis() };
      const plan = await untilStarted(
        async () => {
          const { compiled, ...places } = await opened();
          // The shards are judged by the policies that the run started with, whatever is deployed meanwhile.
          await objects.put(policiesName(compiled.hash), new TextEncoder().encode(JSON.stringify(compiled)));
          const start = { run, startedAt, at: startedAt, policyHash: compiled.hash, mode: environment.TAGWARDEN_MODE };
          return startAudit(
            { ...start, ...(onlyLooks(event) && { repair: false }) },
            { ...places, runs, queue, sent, log, history: () => readHistory(objects, partitionedLayout) },
          );
        },
        { clock: systemClock, deadline, log, mayPass },
      );
      log.info("audit started", { run, shards: plan.shards.length });
      return { run, shards: plan.shards.length };
    },
  };
}

/** Neither what is wrong with the settings nor a right that is missing: somebody should hear of them now. */
function mayPass(error: unknown): boolean {
  const cause = error instanceof SettingsUnavailable ? error.cause : error;
  return !(error instanceof InputError) && kindOfSdkError(cause) !== "access";
}

function onlyLooks(event: unknown): boolean {
  return typeof event === "object" && event !== null && "repair" in event && event.repair === false;
}

/** Puts `audit-shard` together at its cold start. */
export async function composeAuditShard(processVariables: Variables): Promise<QueueFunction<ShardJob>> {
  const variables = { ...processVariables };
  const environment = readEnvironment(AuditShardEnvironment, variables);
  const { aws, telemetry, objects, runs, queue } = openAudit("audit-shard", environment, variables);
  const queueUrl = environment.TAGWARDEN_AUDIT_QUEUE_URL;
  const batch = sqsBatchDeps({ name: "audit-shard", queueUrl, environment, aws, telemetry });
  const { attempts: deliveries } = batch.deadLetters;
  return queueFunction({ batch, telemetry }, async () => {
    const config = await loadConfig(environment, aws);
    const registry = await openProviders(config, variables, { aws, telemetry, readOnly: true });
    const policySets = new Map<string, AuditPolicies>();
    const claims = dynamoRateClaims({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE });
    const ownRates = createRateLimiter(systemClock);
    /** For one invocation: what the one before has left under way can't hold it up. */
    const openLimiter = () =>
      auditLimiter(ownRates, {
        claims,
        clock: systemClock,
        log: telemetry.log,
        registry,
        auditReads: environment.TAGWARDEN_AUDIT_READS,
        name: `audit ${randomUUID()}`,
      });
    const deps: Omit<AuditShardDeps, "limiter"> = {
      config,
      registry,
      policies: async (hash) => {
        const known = policySets.get(hash);
        if (known !== undefined) return known;
        const policies = await openPolicies(await readPolicies(hash, objects));
        policySets.set(hash, policies);
        return policies;
      },
      runs,
      queue,
      enforceQueue: sqsEventQueue({ client: aws.sqs, queueUrl: environment.TAGWARDEN_ENFORCE_QUEUE_URL }),
      mode: environment.TAGWARDEN_MODE,
      seen: dynamoSeen({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE }),
      objects,
      layout: partitionedLayout,
      clock: systemClock,
      random: Math.random,
      log: telemetry.log,
      newAttempt: () => randomUUID(),
    };
    return {
      parse: async (body, envelope) => ({
        kind: "message",
        message: { ...envelope, message: parseShardMessage(body) },
      }),
      work: (jobs, deadline) =>
        eachByItself(
          jobs,
          async ({ messageId, message, receiveCount }) => {
            const limiter = openLimiter();
            try {
              const attempt = await attemptShard(message, { receiveCount, deliveries }, { ...deps, limiter }, deadline);
              telemetry.log.info("shard ended", { run: message.run, shard: message.shard.id, ...attempt });
              return shardAction(messageId, attempt);
            } finally {
              await limiter.release();
            }
          },
          {
            ...deps,
            onFailure: logFailure(telemetry),
            giveUp: async ({ messageId, message }, reason) =>
              shardAction(messageId, await giveUpShard(message, reason, { ...deps, limiter: ownRates })),
          },
        ),
    };
  });
}

/** A shard that is given up is a dead letter; the report of its run names it. */
function shardAction(messageId: string, attempt: AttemptEnd): MessageAction {
  if (attempt.end === "given-up") return { messageId, action: "give-up", reason: attempt.reason };
  return { messageId, action: "acknowledge" };
}

function logFailure({ log }: Pick<Telemetry, "log">) {
  return ({ messageId, receiveCount }: MessageEnvelope, reason: string): void =>
    log.error("message failed and comes back", { messageId, receiveCount, reason });
}

/** The policies that a run started with, as `start-audit` has kept them. */
async function readPolicies(hash: string, objects: ObjectStore): Promise<CompiledPolicies> {
  const body = await objects.get(policiesName(hash));
  if (body === undefined) throw new InputError(`the policies ${hash} of this run are gone from the bucket`);
  return JSON.parse(new TextDecoder().decode(body)) as CompiledPolicies;
}

/** Puts `publish-report` together at its cold start. */
export async function composePublishReport(processVariables: Variables): Promise<QueueFunction<ReportJob>> {
  const variables = { ...processVariables };
  const environment = readEnvironment(PublishReportEnvironment, variables);
  const { TAGWARDEN_TABLE: table, TAGWARDEN_ALERT_QUEUE_URL: queueUrl } = environment;
  const { aws, telemetry, objects, runs } = openAudit("publish-report", environment, variables);
  const batch = sqsBatchDeps({
    name: "publish-report",
    queueUrl: environment.TAGWARDEN_REPORT_QUEUE_URL,
    environment,
    aws,
    telemetry,
  });
  return queueFunction({ batch, telemetry }, async () => {
    const { alerts, accounts } = await loadConfig(environment, aws);
    const alert = alerts && reportAlerter(alerts, { aws, objects, accounts, table, queueUrl });
    const deps = { clock: systemClock, random: Math.random };
    return {
      parse: async (body, envelope) => ({ kind: "message", message: { ...envelope, run: parseReportMessage(body) } }),
      work: (jobs) =>
        eachByItself(
          jobs,
          async (job) => {
            const { messageId, run } = job;
            const publication = await publishReport(run, {
              runs,
              objects,
              layout: partitionedLayout,
              clock: systemClock,
              exemptions: async ({ policyHash, at }) =>
                exemptionStates((await readPolicies(policyHash, objects)).exemptions, at),
              policiesOf: async ({ policyHash }) => (await readPolicies(policyHash, objects)).policies,
              requirements: async ({ policyHash }) =>
                allRequirements((await readPolicies(policyHash, objects)).policies),
              ...(alert !== undefined && { alert }),
            });
            const { state } = publication;
            telemetry.log.info("report", { run, state });
            if (publication.state === "published") addReportMetrics(publication.report, telemetry.metrics);
            if (publication.state !== "taken") return { messageId, action: "acknowledge" };
            // Another invocation is at it; should it crash, a copy of this message is there when its lease is over.
            return comeBack(job, "another invocation publishes it", deps, { notBeforeMs: publication.leaseMs });
          },
          { ...deps, onFailure: logFailure(telemetry) },
        ),
    };
  });
}
