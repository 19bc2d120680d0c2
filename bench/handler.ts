/** CPU of the enforce handler for one event, from the batch that Lambda hands over to the plan and its calls, no network. */
import type { Context, SQSEvent } from "aws-lambda";
import { createRateLimiter } from "../lib/app/cloud/rate/limiter.ts";
import { enforceTags, type EnforceDeps } from "../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../lib/app/enforce/messages.ts";
import type { TagProvider } from "../lib/app/ports/provider.ts";
import { systemClock } from "../lib/app/ports/system-clock.ts";
import { memoryWriteCap } from "../lib/app/write/cap.ts";
import type { AlibabaAccountConfig } from "../lib/core/config/config.ts";
import type { CompiledPolicies } from "../lib/core/policy/compiled.ts";
import { preparePolicies } from "../lib/core/policy/prepare.ts";
import { NO_TAGS } from "../lib/core/resource.ts";
import { parseEvent } from "../lib/events/parse.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";
import { createTelemetry } from "../lib/lambda/telemetry.ts";
import { apiGatewayContract } from "../lib/providers/alibaba/contract.ts";
import { createRegistry } from "../lib/app/cloud/route.ts";
import { composeCreatedEvent } from "../local/compose-events/compose.ts";
import { cpuClock, medians, significant, type Row } from "./measure.ts";

const GOAL = 3;
const BATCH = 100;
const ACCOUNT = "111122223333";
const REGION = "cn-hangzhou";
const KEYS = ["env", "cost-center", "owner", "team", "data-class"];

const POLICIES: CompiledPolicies = {
  version: 1,
  hash: "bench",
  policies: [
    {
      name: "all",
      match: {},
      require: KEYS.map((key) => ({
        key,
        constraints: [],
        default: { kind: "constant", value: "x" },
        allowBlank: false,
        overwrite: false,
        adoptNearMiss: false,
      })),
      mode: "enforce",
      severity: "high",
      repair: "never",
      graceDays: 0,
    },
  ],
  exemptions: [],
  limits: [],
};

const CONFIG: AlibabaAccountConfig = {
  provider: "alibaba",
  account: ACCOUNT,
  regions: [REGION],
  mode: "enforce",
  writesPerHour: Number.MAX_SAFE_INTEGER,
  // Waiting for its turn would be time, not work.
  callsPerSecond: { read: 1e9, write: 1e9 },
  credentials: { accessKeyId: "none", accessKeySecret: "none" },
};

/** Answers at once: nothing has tags, and every write succeeds. */
const PROVIDER: TagProvider = {
  provider: "alibaba",
  account: ACCOUNT,
  regions: [REGION],
  contracts: [apiGatewayContract],
  contractFor: () => apiGatewayContract,
  listTagResources: async ({ ids = [], type }) => ({
    rows: ids.map((id) => ({ id, type, tags: NO_TAGS })),
    rowCount: 0,
  }),
  listInventory: async () => ({ resources: [] }),
  tagResources: async ({ resourceIds }) => ({ requestId: "r", succeeded: resourceIds, failed: new Map() }),
  untagResources: async ({ resourceIds }) => ({ requestId: "r", succeeded: resourceIds, failed: new Map() }),
};

const CONTEXT = {
  functionName: "enforce",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:enforce",
  memoryLimitInMB: "512",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => 60_000,
} as Context;

function makeBatch(): string {
  const at = Date.now() - 3_600_000;
  const Records = Array.from({ length: BATCH }, (_, index) => ({
    messageId: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    receiptHandle: "AQEB".padEnd(180, "x"),
    body: composeCreatedEvent(
      { type: "alibaba:apigateway:apiGroup", account: ACCOUNT, region: REGION, id: `g-${index}` },
      { at },
    ),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(at),
      SenderId: "AIDAXXXXXXXXXXXXXXXXX",
      ApproximateFirstReceiveTimestamp: String(at),
    },
    messageAttributes: {},
    md5OfBody: "0".repeat(32),
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:enforce",
    awsRegion: "us-east-1",
  }));
  return JSON.stringify({ Records } satisfies SQSEvent);
}

function makeHandler() {
  // Lines are made and then thrown away: what a terminal costs is not ours.
  process.env["POWERTOOLS_DEV"] = "true";
  process.env["POWERTOOLS_METRICS_DISABLED"] = "true";
  const telemetry = createTelemetry("bench", "tagwarden");
  const deps: EnforceDeps = {
    policies: preparePolicies(POLICIES),
    registry: createRegistry([PROVIDER]),
    accounts: [CONFIG],
    settleSeconds: 900,
    mode: "enforce",
    clock: systemClock,
    random: Math.random,
    limiter: createRateLimiter(systemClock),
    writeCap: memoryWriteCap(),
    log: telemetry.log,
  };
  return lambda(
    sqsBatch<CreatedMessage>(
      async (body, { messageId, sendCount }) => {
        const event = parseEvent(body);
        if (event.kind === "not-a-creation") return { kind: "ignored", reason: event.reason };
        return { kind: "message", message: { messageId, sendCount, resources: event.resources } };
      },
      async (messages, deadline) => (await enforceTags(messages, deps, deadline)).actions,
      {
        log: telemetry.log,
        count: (metric, value) => telemetry.metrics.addMetric(metric, "Count", value),
        clock: systemClock,
        random: Math.random,
        waitMs: 86_400_000,
      },
    ),
    telemetry,
  );
}

export async function run(): Promise<readonly Row[]> {
  const own = { info: console.info, log: console.log, debug: console.debug };
  Object.assign(console, { info: () => undefined, log: () => undefined, debug: () => undefined });
  try {
    const batch = makeBatch();
    const handler = makeHandler();
    const first = await handler(JSON.parse(batch) as SQSEvent, CONTEXT);
    if (first.batchItemFailures.length > 0) throw new Error("the batch of the benchmark was not handled");
    const took = await medians(
      {
        handler: () => handler(JSON.parse(batch) as SQSEvent, CONTEXT),
        parse: () => (JSON.parse(batch) as SQSEvent).Records.map(({ body }) => JSON.parse(body) as unknown),
      },
      { rounds: 400, warmUp: 600, clock: cpuClock },
    );
    const perEvent = ((took["handler"] ?? Number.NaN) * 1000) / BATCH;
    const floor = ((took["parse"] ?? Number.NaN) * 1000) / BATCH;
    const ratio = perEvent / floor;
    return [
      {
        name: `enforce handler, one event in a batch of ${BATCH}, ${Math.round(batch.length / BATCH)} bytes`,
        value: significant(perEvent),
        unit: "µs",
        floor: { name: "JSON.parse of the same bytes", value: significant(floor) },
        ratio: significant(ratio),
        goal: `ratio <= ${GOAL}`,
        met: ratio <= GOAL,
      },
    ];
  } finally {
    Object.assign(console, own);
  }
}
