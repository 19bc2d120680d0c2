import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { composeCreatedEvent } from "../../local/compose-events/compose.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { writeLocalSettings } from "../../local/run/settings.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { startFunction, type LocalFunction } from "../../local/service/function-runtime.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { createStateTable } from "../fixtures/state-table.ts";
import { recordingServer } from "../providers/recording-server.ts";

const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
policies:
  - { name: all, match: {}, require: [env], mode: enforce }
`;
const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
/** A call takes the ids of 50. */
const TWO_CALLS = 51;
/** A claim holds for 20 seconds and some, and is renewed when half of that is over. */
const UNTIL_RENEWAL_MS = 14_000;
/** Longer than all else that an invocation does, and shorter than a store is waited for. */
const SLOW_MS = 800;

let aws: EmbeddedAws;
let emulator: Emulator;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  emulator = await startEmulator({ accounts: ["alibaba:111122223333"] });
  const clients = createAwsClients(aws.variables);
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket: "reports" }));
  await (await clients.sqs()).send(new CreateQueueCommand({ QueueName: "enforce" }));
  await createStateTable(clients.dynamodb());
});
afterAll(async () => {
  await emulator.close();
  await aws.close();
});

/** DynamoDB, which takes its time for claims of rates when `isSlow` is set. */
async function claimsStore() {
  const state = { isSlow: false, claims: 0, underWay: 0 };
  const server = await recordingServer(({ headers, body }, response) => {
    const isClaim = body.includes('"rate#');
    state.claims += Number(isClaim);
    state.underWay += 1;
    response.once("close", () => (state.underWay -= 1));
    const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
    void (async () => {
      if (isClaim && state.isSlow) await setTimeout(SLOW_MS);
      const answer = await fetch(aws.dynamodbEndpoint, {
        method: "POST",
        headers: rest as Record<string, string>,
        body,
      });
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
      response.end(await answer.text());
    })();
    return undefined;
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { state, origin: server.origin };
}

async function startEnforce(dynamodb: string): Promise<LocalFunction> {
  const settings = writeLocalSettings({
    folder: mkdtempSync(join(tmpdir(), "tagwarden-claims-")),
    policyFiles: [{ path: "policy.yaml", text: POLICY }],
    emulatorConfig: emulator.config(),
    settleSeconds: 900,
    reportAccounts: [],
  });
  const environment = {
    ...aws.variables,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
    TAGWARDEN_METRICS: "tagwarden-test",
    TAGWARDEN_POLICIES: settings.policies,
    TAGWARDEN_CONFIG: settings.config,
    TAGWARDEN_MODE: "enforce",
    TAGWARDEN_TABLE: "state",
    TAGWARDEN_BUCKET: "reports",
    TAGWARDEN_ENFORCE_QUEUE_URL: aws.queueUrl("enforce"),
    TAGWARDEN_ENFORCE_CONCURRENCY: "2",
    TAGWARDEN_DEAD_LETTERS_URL: "http://127.0.0.1:9/dead",
    TAGWARDEN_ATTEMPTS: "5",
    TAGWARDEN_ALERT_QUEUE_URL: "http://127.0.0.1:9/alert",
  };
  const description = { name: "enforce", handler: "functions/enforce.handler", timeoutSeconds: 60, memoryMb: 512 };
  return startFunction({ ...description, environment: {}, queues: [], schedules: [] }, environment, process.cwd());
}

function create(count: number, name: string) {
  return Array.from({ length: count }, (_, index) => {
    const resource = { ...GROUP, id: `${name}-${index}` };
    emulator.world.create(resource);
    return sqsRecord(`${name}-${index}`, composeCreatedEvent(resource, { at: Date.now() - 60_000 }));
  });
}

it("a claim that is being renewed when an invocation ends is answered by then", async () => {
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const { state, origin } = await claimsStore();
  const enforce = await startEnforce(origin);
  expect(await enforce.invoke({ Records: create(TWO_CALLS, "first") })).toEqual({ batchItemFailures: [] });
  expect(state).toMatchObject({ claims: 1, underWay: 0 });

  vi.setSystemTime(Date.now() + UNTIL_RENEWAL_MS);
  state.isSlow = true;
  expect(await enforce.invoke({ Records: create(1, "second") })).toEqual({ batchItemFailures: [] });
  expect(state).toMatchObject({ claims: 2, underWay: 0 });
});
