import { afterAll, beforeAll, expect, test } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../../lib/sinks/dynamo/run-store.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";
import { createStateTable } from "../../fixtures/state-table.ts";
import { runMain } from "../run-main.ts";

const RUN = "2026-11-22T02-00-00-000Z";
const START = Date.parse("2026-11-22T02:00:00Z");
const SHARDS = ["alibaba.1.cn", "aws.2.us", "huawei.3.global"];

let aws: EmbeddedAws;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  const { dynamodb } = createAwsClients(aws.variables);
  await createStateTable(dynamodb(), "state");
  const runs = dynamoRunStore({ client: dynamodb, table: "state" });
  await runs.create({ run: RUN, startedAt: START, at: START, policyHash: "p", shards: SHARDS });
  await runs.finishShard(RUN, "alibaba.1.cn", { state: "done", summary: "s1" });
  await runs.finishShard(RUN, "aws.2.us", { state: "failed", reason: "AccessDenied: no" });
});

afterAll(() => aws.close());

const runState = (...line: string[]) => runMain(["run-state", ...line], { env: aws.variables });

test("run-state names each shard, why it failed, and whether there is a report", async () => {
  const { code, stdout, stderr } = await runState(RUN, "--table", "state");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    run: RUN,
    startedAt: "2026-11-22T02:00:00.000Z",
    published: false,
    shards: [
      { shard: "alibaba.1.cn", state: "done" },
      { shard: "aws.2.us", state: "failed", reason: "AccessDenied: no" },
      { shard: "huawei.3.global", state: "pending" },
    ],
  });
  expect(stderr).toBe("3 shards: 1 done, 1 failed, 1 pending; no report yet\n");
});

test("run-state says so when the report is published", async () => {
  const runs = dynamoRunStore({ client: createAwsClients(aws.variables).dynamodb, table: "state" });
  await runs.create({ run: "ended", startedAt: START, at: START, policyHash: "p", shards: ["a"] });
  await runs.finishShard("ended", "a", { state: "done", summary: "s" });
  await runs.markPublished("ended");
  const { stdout, stderr } = await runState("ended", "--table", "state", "--format", "table");
  expect(stdout).toMatch(/^shard +state +reason\na +done\n$/);
  expect(stderr).toBe("1 shards: 1 done, 0 failed, 0 pending; its report is published\n");
});

test.each([
  ["a run that never was", ["nobody", "--table", "state"], "no audit run nobody"],
  ["another table", [RUN, "--table", "nowhere"], "the table nowhere can't be read: "],
])("run-state exits 2 with a sentence on %s", async (_, line, sentence) => {
  expect(await runState(...line)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});
