import { randomUUID } from "node:crypto";
import { enforceLimiter } from "../../app/cloud/rate/enforce-limiter.ts";
import { createRateLimiter } from "../../app/cloud/rate/limiter.ts";
import { enforceTags, type EnforceDeps } from "../../app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../app/enforce/messages.ts";
import type { MessageAction } from "../../app/ports/messages.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import { repairsPerHour, REPAIR_CAP, WRITE_CAP } from "../../app/write/cap.ts";
import { createOffenders } from "../../app/write/offenders.ts";
import { troubleAlerts } from "../../core/alert/trouble-alerts.ts";
import { projectRegions } from "../../core/config/project-regions.ts";
import { runName } from "../../core/journal.ts";
import { countOutcomes, type ResourceOutcome } from "../../core/outcome.ts";
import { openPolicySet } from "../../core/policy/open.ts";
import { createLoadingParser, FORMAT_OF } from "../../events/load-readers.ts";
import { RESOURCE_FOUND } from "../../events/own/types.ts";
import type { ParsedEvent } from "../../events/parsed-event.ts";
import { dynamoRateClaims } from "../../sinks/dynamo/rate-claims.ts";
import { dynamoSeen } from "../../sinks/dynamo/seen.ts";
import { dynamoWriteCap } from "../../sinks/dynamo/write-cap.ts";
import { objectJournalWriter } from "../../sinks/objects/journal.ts";
import { objectOutcomes } from "../../sinks/objects/outcomes.ts";
import { s3Objects } from "../../sinks/objects/s3.ts";
import { sqsAlertQueue } from "../../sinks/sqs/alert-queue.ts";
import { createAwsClients } from "../settings/aws-clients.ts";
import { EnforceEnvironment, readEnvironment, type Variables } from "../settings/environment.ts";
import { loadCompiledPolicies, loadConfig, openProviders } from "../settings/settings.ts";
import type { InvocationDeadline, MessageEnvelope, ParsedMessage, ParseMessage, SqsBatchDeps } from "../sqs/batch.ts";
import { sqsDeadLetters } from "../sqs/dead-letters.ts";
import { sqsSendAgain } from "../sqs/send-again.ts";
import { createTelemetry, type Telemetry } from "../telemetry.ts";

/** What one call to a provider may take; a healthy one takes a tenth of a second. */
const CALL_TIMEOUT_MS = 5_000;
/** What recording outcomes and sending messages again may take. */
const RECORD_MS = 3_000;

export interface EnforceFunction {
  readonly parseResourceCreated: ParseMessage<CreatedMessage>;
  readonly enforce: (
    messages: readonly CreatedMessage[],
    deadline: InvocationDeadline,
  ) => Promise<readonly MessageAction[]>;
  readonly batch: SqsBatchDeps;
  readonly telemetry: Telemetry;
}

/**
 * Puts `enforce` together at its cold start. Throws an InputError that names every missing variable, or the file that
 * can't be used; nothing is called yet, and no part of the AWS SDK is loaded unless policies or configuration are in S3.
 */
export async function composeEnforce(processVariables: Variables): Promise<EnforceFunction> {
  const variables = { ...processVariables };
  const environment = readEnvironment(EnforceEnvironment, variables);
  const aws = createAwsClients(variables);
  const telemetry = createTelemetry("enforce", environment.TAGWARDEN_METRICS);
  const [compiled, config] = await Promise.all([loadCompiledPolicies(environment, aws), loadConfig(environment, aws)]);
  const bucket = environment.TAGWARDEN_BUCKET;
  const outcomes = objectOutcomes(s3Objects({ client: aws.s3, bucket }));
  const journal = objectJournalWriter(s3Objects({ client: aws.s3, bucket, prefix: "journal/" }));
  const registry = await openProviders(config, variables, {
    aws,
    telemetry,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const parser = createLoadingParser({ regionOfProject: projectRegions(config) });
  await parser.load([...new Set(config.accounts.map(({ provider }) => FORMAT_OF[provider]))]);
  const limiter = enforceLimiter(createRateLimiter(systemClock, environment.TAGWARDEN_ENFORCE_CONCURRENCY), {
    claims: dynamoRateClaims({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE }),
    clock: systemClock,
    log: telemetry.log,
    registry,
    part: 1 - environment.TAGWARDEN_AUDIT_READS,
  });
  const alertQueue = sqsAlertQueue({ client: aws.sqs, queueUrl: environment.TAGWARDEN_ALERT_QUEUE_URL });
  const deps: EnforceDeps = {
    policies: await openPolicySet(compiled),
    registry,
    accounts: config.accounts,
    settleSeconds: config.settleSeconds,
    mode: environment.TAGWARDEN_MODE,
    clock: systemClock,
    random: Math.random,
    limiter,
    offenders: createOffenders(systemClock),
    writeCap: dynamoWriteCap({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE, repairsPerHour }),
    seen: dynamoSeen({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE }),
    onUnseen: (resources) => telemetry.metrics.addMetric("eventsNotKept", "Count", resources),
    log: telemetry.log,
    ...(config.alerts !== undefined && { ownerTags: config.alerts.ownerTags }),
  };
  return {
    telemetry,
    batch: {
      log: telemetry.log,
      count: (metric, value) => telemetry.metrics.addMetric(metric, "Count", value),
      sendAgain: sqsSendAgain(environment.TAGWARDEN_ENFORCE_QUEUE_URL, aws),
      deadLetters: sqsDeadLetters("enforce", environment, aws),
    },
    parseResourceCreated: async (body, envelope) =>
      messageOf(await parser.parse(body), envelope, environment.TAGWARDEN_ATTEMPTS),
    async enforce(messages, deadline) {
      // A call that starts must be able to end, and its outcome to be recorded, before Lambda ends us.
      const timeForCalls = { remainingMs: () => deadline.remainingMs() - CALL_TIMEOUT_MS - RECORD_MS };
      const id = randomUUID();
      const run = runName(systemClock.now(), id);
      const keep: Pick<EnforceDeps, "journal" | "record" | "alert"> = {
        ...(config.alerts !== undefined && {
          async alert(troubles) {
            const at = systemClock.now();
            const raised = troubleAlerts(troubles, new Date(at).toISOString());
            await alertQueue.send({ kind: "raised", event: `enforce ${id}`, at, alerts: raised });
          },
        }),
        journal: async (entries) => {
          await journal.record(run, entries);
          telemetry.log.info("journal kept", { run, tags: entries.length });
        },
        record: async (resources) => {
          countInMetrics(resources, telemetry);
          await outcomes.record({ id, at: systemClock.now(), resources });
        },
      };
      try {
        return (await enforceTags(messages, { ...deps, ...keep }, timeForCalls)).actions;
      } finally {
        await limiter.idle();
      }
    },
  };
}

/** `attempts` = how often the queue delivers a message. */
function messageOf(
  event: ParsedEvent,
  { messageId, sendCount, receiveCount, part }: MessageEnvelope,
  attempts: number,
): ParsedMessage<CreatedMessage> {
  if (event.kind === "not-a-creation") return { kind: "ignored", reason: event.reason };
  const { eventName } = event;
  const own = part === undefined ? [] : event.resources.slice(part.from, part.to);
  const of = part === undefined || own.length === 0 ? { resources: event.resources } : { resources: own, part };
  const isRepair = eventName === RESOURCE_FOUND;
  const isLast = receiveCount >= attempts;
  const message = { messageId, sendCount, ...of, ...(isRepair && { isRepair }), ...(isLast && { isLast }) };
  return { kind: "message", message };
}

function countInMetrics(resources: readonly ResourceOutcome[], { metrics }: Pick<Telemetry, "metrics">): void {
  for (const [outcome, count] of Object.entries(countOutcomes(resources))) {
    metrics.addMetric(`resources-${outcome}`, "Count", count);
  }
  for (const [metric, cap] of [
    ["writeCapReached", WRITE_CAP],
    ["repairsWaiting", REPAIR_CAP],
  ] as const) {
    const capped = resources.filter(({ code }) => code === cap).length;
    if (capped > 0) metrics.addMetric(metric, "Count", capped);
  }
}
