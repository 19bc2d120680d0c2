import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoRunStore } from "../../../lib/sinks/dynamo/run-store.ts";
import { dynamoSentShards } from "../../../lib/sinks/dynamo/sent-shards.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

describe("how many shard messages of a run were sent, in DynamoDB", () => {
  it("is none of a run that nobody has started, and what was noted last of any other", async () => {
    const sent = dynamoSentShards({ client: aws.dynamodb, table: TABLE });
    const run = { run: "r1", startedAt: 1_795_000_000_000 };
    expect(await sent.read(run.run)).toBe(0);
    await sent.mark(run, 1_000);
    await sent.mark(run, 1_700);
    expect(await sent.read(run.run)).toBe(1_700);
    expect(await sent.read("r2")).toBe(0);
  });

  it("is no part of the run's record", async () => {
    const plan = { run: "r3", startedAt: 1, at: 1, policyHash: "abc", shards: ["a"] };
    await dynamoSentShards({ client: aws.dynamodb, table: TABLE }).mark(plan, 1);
    const runs = dynamoRunStore({ client: aws.dynamodb, table: TABLE });
    expect(await runs.read(plan.run)).toBeUndefined();
    expect(await runs.create(plan)).toBe(true);
    expect((await runs.read(plan.run))?.plan).toEqual(plan);
  });
});
