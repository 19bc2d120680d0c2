import { QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoNonces } from "../../../lib/sinks/dynamo/nonces.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const AT = Date.UTC(2026, 10, 22, 2);

function openAt(time: number) {
  const clock = { now: time };
  const nonces = dynamoNonces({ client: aws.dynamodb, table: TABLE, now: () => clock.now });
  return { clock, nonces };
}

describe("an accepted request in DynamoDB", () => {
  test("is known until its time is over, although DynamoDB removes it later", async () => {
    const { clock, nonces } = openAt(AT);
    await nonces.remember("n1", AT + 60_000);
    expect(await nonces.has("n1")).toBe(true);
    clock.now = AT + 59_999;
    expect(await nonces.has("n1")).toBe(true);
    clock.now = AT + 60_000;
    expect(await nonces.has("n1")).toBe(false);
  });

  test("is known no shorter than it was asked for, where that is within a second", async () => {
    const { clock, nonces } = openAt(AT);
    await nonces.remember("n2", AT + 500);
    clock.now = AT + 499;
    expect(await nonces.has("n2")).toBe(true);
  });

  test("is not another one", async () => {
    const { nonces } = openAt(AT);
    await nonces.remember("n3", AT + 60_000);
    expect(await nonces.has("n4")).toBe(false);
  });

  test("is kept by a digest, under a key of its own, and goes when its time is over", async () => {
    const { nonces } = openAt(AT);
    await nonces.remember("a signature that nobody is to read", AT + 61_000);
    const db = await aws.dynamodb();
    const { Items = [] } = await db.send(new ScanCommand({ TableName: TABLE }));
    expect(JSON.stringify(Items)).not.toContain("signature");
    const kept = Items.find(({ expiresAt }) => expiresAt?.N === String(AT / 1000 + 61));
    expect(kept?.["pk"]?.S).toMatch(/^nonce#[\w-]{43}$/u);
    const found = await db.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: "pk = :pk AND sk = :sk",
        ExpressionAttributeValues: { ":pk": kept?.["pk"] ?? { S: "" }, ":sk": { S: "-" } },
      }),
    );
    expect(found.Count).toBe(1);
  });
});
