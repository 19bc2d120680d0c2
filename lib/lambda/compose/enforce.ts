import { randomUUID } from "node:crypto";
import { createDenials } from "../../app/cloud/denials.ts";
import { enforceLimiter } from "../../app/cloud/rate/enforce-limiter.ts";
import { createRateLimiter } from "../../app/cloud/rate/limiter.ts";
import { enforceKept, type EnforceKeptDeps, type EnforceMessage } from "../../app/enforce/enforce-kept.ts";
import { createKeepLater } from "../../app/enforce/keep-later.ts";
import type { CreatedMessage } from "../../app/enforce/messages.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import type { TagRounds } from "../../app/ports/tag-rounds.ts";
import { repairsPerHour, REPAIR_CAP, WRITE_CAP } from "../../app/write/cap.ts";
import { createOffenders } from "../../app/write/offenders.ts";
import type { Config } from "../../core/config/config.ts";
import { nameOfSender, whyNotFor } from "../../core/config/sender.ts";
import { ForeignEventError } from "../../core/errors.ts";
import { lazily } from "../../core/lazily.ts";
import { projectRegions } from "../../core/config/project-regions.ts";
import { typesNamed } from "../../core/config/types-named.ts";
import { countOutcomes, type ResourceOutcome } from "../../core/outcome.ts";
import { FIGHT, type PolicySet } from "../../core/evaluation.ts";
import { openPolicySet } from "../../core/policy/open-policy-set.ts";
import { createLoadingParser, FORMAT_OF, type LoadingParser } from "../../events/load-readers.ts";
import { RESOURCE_FOUND } from "../../events/own/types.ts";
import type { ParsedEvent } from "../../events/parsed-event.ts";
import { dynamoRateClaims } from "../../sinks/dynamo/rate-claims.ts";
import { dynamoSeen } from "../../sinks/dynamo/seen.ts";
import { dynamoWriteCap } from "../../sinks/dynamo/write-cap.ts";
import { objectJournalWriter } from "../../sinks/objects/journal.ts";
import { objectOutcomes } from "../../sinks/objects/outcomes.ts";
import { s3Objects } from "../../sinks/objects/s3.ts";
import { createAwsClients, type AwsClients, type CallLimits } from "../settings/aws-clients.ts";
import { EnforceEnvironment, readEnvironment, type Variables } from "../settings/environment.ts";
import { loadCompiledPolicies, loadConfig, openProviders } from "../settings/settings.ts";
import { sqsBatchDeps } from "../sqs/batch-deps.ts";
import type { ParsedMessage } from "../sqs/batch.ts";
import type { MessageEnvelope } from "../sqs/messages.ts";
import { createTelemetry, type Telemetry } from "../telemetry.ts";
import { queueFunction, type QueueFunction } from "./queue-function.ts";

/** What one call to a provider may take; a healthy one takes a tenth of a second. */
const CALL_TIMEOUT_MS = 5_000;
/** What recording outcomes and sending messages again may take, stores that don't answer included: `STORE_LIMITS`. */
const RECORD_MS = 6_000;
/** A healthy store answers in 20 ms. The SDK's own limits come to minutes, and Lambda would end us before. */
const STORE_LIMITS: CallLimits = { attempts: 2, connectMs: 500, answerMs: 1_200 };

export interface EnforceFunction extends Omit<QueueFunction<EnforceMessage>, "parse" | "work"> {
  readonly parseResourceCreated: QueueFunction<EnforceMessage>["parse"];
  readonly enforce: QueueFunction<EnforceMessage>["work"];
}

/**
 * Puts `enforce` together at its cold start. Throws an InputError that names every missing variable, or the file that
 * can't be used; nothing is called yet, and no part of the AWS SDK is loaded unless policies or configuration are in S3.
 */
export async function composeEnforce(processVariables: Variables): Promise<EnforceFunction> {
  const variables = { ...processVariables };
  const environment = readEnvironment(EnforceEnvironment, variables);
  const aws = createAwsClients(variables, STORE_LIMITS);
  const telemetry = createTelemetry("enforce", environment.TAGWARDEN_METRICS);
  const places = { variables, environment, aws, telemetry };
  const queueUrl = environment.TAGWARDEN_ENFORCE_QUEUE_URL;
  const batch = sqsBatchDeps({ name: "enforce", queueUrl, environment, aws, telemetry });
  const { parse, work, ...rest } = await queueFunction({ batch, telemetry }, () => openEnforce(places));
  return { ...rest, parseResourceCreated: parse, enforce: work };
}

interface Places {
  readonly variables: Variables;
  readonly environment: ReturnType<typeof readEnvironment<typeof EnforceEnvironment>>;
  readonly aws: AwsClients;
  readonly telemetry: Telemetry;
}

/** All that needs policies and configuration, which may lie in a store. */
async function openEnforce({
  variables,
  environment,
  aws,
  telemetry,
}: Places): Promise<Pick<QueueFunction<EnforceMessage>, "parse" | "work">> {
  const [compiled, config] = await Promise.all([loadCompiledPolicies(environment, aws), loadConfig(environment, aws)]);
  const bucket = environment.TAGWARDEN_BUCKET;
  const outcomes = objectOutcomes(s3Objects({ client: aws.s3, bucket }));
  const journal = objectJournalWriter(s3Objects({ client: aws.s3, bucket, prefix: "journal/" }));
  const registry = await openProviders(config, variables, {
    aws,
    telemetry,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const parser = createLoadingParser(
    {
      regionOfProject: projectRegions(config),
      namesType: typesNamed(config),
      experimentalEvents: environment.TAGWARDEN_EXPERIMENTAL_EVENTS,
    },
    { namedTypesOf: config.accounts.filter(({ types }) => types !== undefined).map(({ provider }) => provider) },
  );
  await parser.load([...new Set(config.accounts.map(({ provider }) => FORMAT_OF[provider]))]);
  const limiter = enforceLimiter(createRateLimiter(systemClock, environment.TAGWARDEN_ENFORCE_CONCURRENCY), {
    claims: dynamoRateClaims({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE }),
    clock: systemClock,
    log: telemetry.log,
    registry,
    part: 1 - environment.TAGWARDEN_AUDIT_READS,
  });
  const alertQueue = lazily(async () => {
    const { sqsAlertQueue } = await import("../../sinks/sqs/alert-queue.ts");
    return sqsAlertQueue({ client: aws.sqs, queueUrl: environment.TAGWARDEN_ALERT_QUEUE_URL });
  });
  const seen = dynamoSeen({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE });
  const later = createKeepLater({
    async store(record) {
      switch (record.kind) {
        case "journal":
          return journal.record(record.run, record.entries);
        case "outcomes":
          return outcomes.record(record.record);
        case "alert":
          return (await alertQueue()).send(record.message);
        case "seen":
          return record.isGone ? seen.forget(record.resources, record.at) : seen.note(record.resources, record.at);
      }
    },
    async postpone(record) {
      const { sqsPostponed } = await loadPostponed();
      await sqsPostponed({ client: aws.sqs, queueUrl: environment.TAGWARDEN_ENFORCE_QUEUE_URL })(record);
    },
    clock: systemClock,
    log: telemetry.log,
    count: (metric, value) => telemetry.metrics.addMetric(metric, "Count", value),
  });
  const deps: EnforceKeptDeps = {
    policies: await openPolicySet(compiled),
    registry,
    accounts: config.accounts,
    settleSeconds: config.settleSeconds,
    mode: environment.TAGWARDEN_MODE,
    clock: systemClock,
    random: Math.random,
    limiter,
    offenders: createOffenders(systemClock),
    denials: createDenials(systemClock),
    onWaiting: (resources) => countWaiting(resources, telemetry),
    rounds: {
      take: async (...asked) => (await loadRounds(aws.dynamodb, environment.TAGWARDEN_TABLE)).take(...asked),
    },
    writeCap: dynamoWriteCap({ client: aws.dynamodb, table: environment.TAGWARDEN_TABLE, repairsPerHour }),
    later,
    newId: randomUUID,
    alerts: config.alerts !== undefined,
    onOutcomes: (resources) => countInMetrics(resources, telemetry),
    onForeign: (messages) => telemetry.metrics.addMetric("messagesForeign", "Count", messages),
    log: telemetry.log,
    ...(config.alerts !== undefined && { ownerTags: config.alerts.ownerTags }),
  };
  return {
    async parse(body, envelope) {
      if (envelope.postponed === undefined) {
        return createdOf(await readEvent(body, { envelope, parser, config }), envelope, deps.policies);
      }
      const { readPostponed } = await loadPostponed();
      return { kind: "message", message: { ...envelope, postponed: await readPostponed(envelope.postponed, body) } };
    },
    async work(messages, deadline) {
      // A call that starts must be able to end, and its outcome to be recorded, before Lambda ends us.
      const timeForCalls = { remainingMs: () => deadline.remainingMs() - CALL_TIMEOUT_MS - RECORD_MS };
      try {
        return await enforceKept(messages, deps, timeForCalls);
      } finally {
        await limiter.idle();
      }
    },
  };
}

type BroughtEvent = ParsedEvent & Pick<CreatedMessage, "foreign">;

interface ReadDeps {
  readonly envelope: Pick<MessageEnvelope, "sender">;
  readonly parser: LoadingParser;
  readonly config: Pick<Config, "ingest">;
}

/** What an event tells of, and whether whoever brought it may. */
async function readEvent(body: string, { envelope: { sender }, parser, config }: ReadDeps): Promise<BroughtEvent> {
  const from = sender === undefined ? "An event bus" : nameOfSender(sender);
  try {
    const event = await parser.parse(body);
    if (sender === undefined || event.kind === "not-a-creation") return event;
    const reason = whyNotFor(sender, event.resources, config);
    return reason === undefined ? event : { ...event, foreign: { sender: from, reason } };
  } catch (error) {
    if (!(error instanceof ForeignEventError)) throw error;
    const { resources, message: reason } = error;
    return { kind: "created", eventId: "", eventName: "", resources, foreign: { sender: from, reason } };
  }
}

/** Few tags are put back. */
async function loadRounds(client: AwsClients["dynamodb"], table: string): Promise<TagRounds> {
  const { dynamoTagRounds } = await import("../../sinks/dynamo/tag-rounds.ts");
  return dynamoTagRounds({ client, table });
}

/** Nobody needs it while all stores are up. */
const loadPostponed = () => import("../sqs/postponed.ts");

function createdOf(
  event: BroughtEvent,
  { messageId, sendCount, waitsUntil, firstSentAt, part }: MessageEnvelope,
  { rechecking }: Pick<PolicySet, "rechecking">,
): ParsedMessage<CreatedMessage> {
  if (event.kind === "not-a-creation") return { kind: "ignored", reason: event.reason };
  const { eventName, foreign } = event;
  const recheck = event.kind === "tags-changed" ? event.change : undefined;
  if (recheck !== undefined && rechecking === undefined && foreign === undefined) {
    return { kind: "ignored", reason: "no policy says recheck: true" };
  }
  const { length } = event.resources;
  // Another version may read more in an event, or less, and what stands where is then another thing: all of it counts.
  const isAsParted = part !== undefined && (part.of ?? length) === length;
  const own = isAsParted ? event.resources.slice(part.from, part.to) : [];
  // Nobody waits for what was there already: it gets a part of the write cap.
  const isRepair = eventName === RESOURCE_FOUND || recheck !== undefined;
  const message = {
    messageId,
    sendCount,
    waitsUntil,
    firstSentAt,
    ...(part === undefined || own.length === 0 ? { resources: event.resources } : { resources: own, part }),
    ...(isRepair && { isRepair }),
    ...(recheck && { recheck }),
    ...(foreign && { foreign }),
  };
  return { kind: "message", message };
}

/** By what they wait for and where. */
function countWaiting(resources: readonly ResourceOutcome[], { metrics }: Pick<Telemetry, "metrics">): void {
  const groups = Map.groupBy(resources, ({ code, type, account, region }) =>
    JSON.stringify([code, type.slice(0, type.indexOf(":")), account, region]),
  );
  for (const [group, { length }] of groups) {
    const [reason, provider, account, region] = JSON.parse(group) as [string, string, string, string];
    const metric = metrics.singleMetric();
    metric.addDimensions({ reason, provider, account, region });
    metric.addMetric("resourcesWaiting", "Count", length);
  }
}

function countInMetrics(resources: readonly ResourceOutcome[], { metrics }: Pick<Telemetry, "metrics">): void {
  for (const [outcome, count] of Object.entries(countOutcomes(resources))) {
    metrics.addMetric(`resources-${outcome}`, "Count", count);
  }
  for (const [metric, cap] of [
    ["writeCapReached", WRITE_CAP],
    ["repairsWaiting", REPAIR_CAP],
    ["tagFights", FIGHT],
  ] as const) {
    const capped = resources.filter(({ code }) => code === cap).length;
    if (capped > 0) metrics.addMetric(metric, "Count", capped);
  }
}
