import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../lib/sinks/dynamo/run-store.ts";
import { writeLocalSettings } from "../../local/run/settings.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { startFunction, type LocalFunction } from "../../local/service/function-runtime.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { createStateTable } from "../fixtures/state-table.ts";

const POLICY = "version: 1\nrequiredTags: { env: {} }\npolicies: [{ name: all, match: {}, require: [env] }]\n";
const CONFIG = { accounts: [{ provider: "aws", account: "444455556666", regions: ["us-east-1"] }] };
const LAST_DELIVERY = 5;

let aws: EmbeddedAws;
let publish: LocalFunction;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  const clients = createAwsClients(aws.variables);
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket: "reports" }));
  const sqs = await clients.sqs();
  for (const QueueName of ["report", "dead"]) await sqs.send(new CreateQueueCommand({ QueueName }));
  await createStateTable(clients.dynamodb());
  const settings = writeLocalSettings({
    folder: mkdtempSync(join(tmpdir(), "tagwarden-publish-")),
    policyFiles: [{ path: "policy.yaml", text: POLICY }],
    emulatorConfig: CONFIG,
    settleSeconds: 900,
    reportAccounts: [],
  });
  const environment = {
    ...aws.variables,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
    TAGWARDEN_METRICS: "tagwarden-test",
    TAGWARDEN_POLICIES: settings.policies,
    TAGWARDEN_CONFIG: settings.config,
    TAGWARDEN_TABLE: "state",
    TAGWARDEN_BUCKET: "reports",
    TAGWARDEN_AUDIT_QUEUE_URL: "http://127.0.0.1:9/audit",
    TAGWARDEN_REPORT_QUEUE_URL: aws.queueUrl("report"),
    TAGWARDEN_ALERT_QUEUE_URL: "http://127.0.0.1:9/alert",
    TAGWARDEN_DEAD_LETTERS_URL: aws.queueUrl("dead"),
    TAGWARDEN_ATTEMPTS: String(LAST_DELIVERY),
  };
  const description = { name: "publish-report", handler: "functions/publish-report.handler", timeoutSeconds: 30 };
  publish = await startFunction(
    { ...description, memoryMb: 512, environment: {}, queues: [], schedules: [] },
    environment,
    process.cwd(),
  );
});
afterAll(() => aws.close());

const runs = () => dynamoRunStore({ client: createAwsClients(aws.variables).dynamodb, table: "state" });
const message = (run: string) => sqsRecord("m1", JSON.stringify({ run }), { receiveCount: LAST_DELIVERY });

/** Messages that can be had at once, and those that wait. */
async function held(queue: string): Promise<{ readonly now: number; readonly later: number }> {
  const sqs = await createAwsClients(aws.variables).sqs();
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: aws.queueUrl(queue), AttributeNames: ["All"] }),
  );
  return {
    now: Number(Attributes.ApproximateNumberOfMessages),
    later: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

it("a report that another invocation is at is waited for, and no delivery is spent on that", async () => {
  const startedAt = Date.now();
  await runs().create({ run: "r1", startedAt, at: startedAt, policyHash: "none", shards: [] });
  await runs().claimReport("r1", startedAt, 15 * 60_000);
  expect(await publish.invoke({ Records: [message("r1")] })).toEqual({ batchItemFailures: [] });
  expect(await held("dead")).toEqual({ now: 0, later: 0 });
  expect(await held("report")).toEqual({ now: 0, later: 1 });
});

it("a report that can't be published is tried again until its time is up, and then it is dead", async () => {
  const { later } = await held("report");
  expect(await publish.invoke({ Records: [message("never")] })).toEqual({ batchItemFailures: [] });
  expect(await held("dead")).toEqual({ now: 0, later: 0 });
  expect(await held("report")).toEqual({ now: 0, later: later + 1 });
  const sentAt = Date.now() - 24 * 3_600_000;
  const old = sqsRecord("m1", JSON.stringify({ run: "never" }), { sentAt });
  expect(await publish.invoke({ Records: [old] })).toEqual({ batchItemFailures: [] });
  expect(await held("dead")).toEqual({ now: 1, later: 0 });
});
