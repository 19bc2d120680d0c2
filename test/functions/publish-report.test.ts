import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../lib/sinks/dynamo/run-store.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { type LocalFunction } from "../../local/service/function-runtime.ts";
import { functionVariables, makeResources, settingsOf, startDeployed } from "../fixtures/deployed-function.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";

const POLICY = "version: 1\nrequiredTags: { env: {} }\npolicies: [{ name: all, match: {}, require: [env] }]\n";
const CONFIG = { accounts: [{ provider: "aws", account: "444455556666", regions: ["us-east-1"] }] };
const LAST_DELIVERY = 5;

let aws: EmbeddedAws;
let publish: LocalFunction;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  await makeResources(aws, ["report", "dead"]);
  const environment = functionVariables(aws, settingsOf(POLICY, CONFIG), {
    TAGWARDEN_REPORT_QUEUE_URL: aws.queueUrl("report"),
    TAGWARDEN_DEAD_LETTERS_URL: aws.queueUrl("dead"),
    TAGWARDEN_ATTEMPTS: String(LAST_DELIVERY),
  });
  publish = await startDeployed("publish-report", environment);
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
