import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { RateClaims } from "../../../lib/app/ports/rate-claims.ts";
import { memoryRateClaims } from "../../../lib/sinks/dynamo/memory-rate-claims.ts";
import { dynamoRateClaims } from "../../../lib/sinks/dynamo/rate-claims.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const AT = Date.UTC(2026, 10, 22, 2);
let rates = 0;
const newRate = () =>
  ({ provider: "alibaba", account: `account-${(rates += 1)}`, region: "cn-hangzhou", action: "x:y:List" }) as const;

const kinds: readonly (readonly [string, () => RateClaims])[] = [
  ["memory", memoryRateClaims],
  ["DynamoDB", () => dynamoRateClaims({ client: aws.dynamodb, table: TABLE })],
];

describe.each(kinds)("claims on a rate in %s", (_, open) => {
  it("answer everybody who has claimed it, and until when", async () => {
    const claims = open();
    const rate = newRate();
    expect(await claims.claim(rate, "enforcement", AT)).toEqual(new Map([["enforcement", AT]]));
    expect(await claims.claim(rate, "audit 1", AT + 0.5)).toEqual(
      new Map([
        ["enforcement", AT],
        ["audit 1", AT + 0.5],
      ]),
    );
  });

  it("are about one API of one region of one account", async () => {
    const claims = open();
    const rate = newRate();
    await claims.claim(rate, "enforcement", AT);
    for (const other of [newRate(), { ...rate, region: "cn-beijing" }, { ...rate, action: "x:y:Other" }]) {
      expect(await claims.claim(other, "audit 1", AT)).toEqual(new Map([["audit 1", AT]]));
    }
  });

  it("move on when they are made again", async () => {
    const claims = open();
    const rate = newRate();
    await claims.claim(rate, "audit 1", AT);
    expect(await claims.claim(rate, "audit 1", AT + 9)).toEqual(new Map([["audit 1", AT + 9]]));
  });

  it("never get shorter: the processes of enforcement share a name, and each relies on its own", async () => {
    const claims = open();
    const rate = newRate();
    await claims.claim(rate, "enforcement", AT + 9);
    await claims.claim(rate, "audit 1", AT);
    const all = new Map([
      ["enforcement", AT + 9],
      ["audit 1", AT],
    ]);
    expect(await claims.claim(rate, "enforcement", AT + 5)).toEqual(all);
    expect(await claims.claim(rate, "enforcement", AT + 9)).toEqual(all);
    expect(await claims.claim(rate, "audit 1", AT)).toEqual(all);
  });

  it("are gone when they are taken back, unless they have been made again meanwhile", async () => {
    const claims = open();
    const rate = newRate();
    await claims.claim(rate, "audit 1", AT);
    await claims.claim(rate, "audit 2", AT);
    await claims.claim(rate, "audit 2", AT + 1);
    await claims.release(rate, "audit 1", AT);
    await claims.release(rate, "audit 2", AT);
    await claims.release(rate, "audit 3", AT);
    expect(await claims.claim(rate, "audit 4", AT)).toEqual(
      new Map([
        ["audit 2", AT + 1],
        ["audit 4", AT],
      ]),
    );
  });

  it("show at least one of two that come at once to the other", async () => {
    const claims = open();
    const rate = newRate();
    const seen = await Promise.all(["audit 1", "audit 2"].map((by) => claims.claim(rate, by, AT)));
    expect(seen.some((names) => names.size === 2)).toBe(true);
  });
});

it("an item that nobody claims any more goes after a day", async () => {
  const rate = newRate();
  await dynamoRateClaims({ client: aws.dynamodb, table: TABLE }).claim(rate, "audit 1", AT);
  const { Item } = await (
    await aws.dynamodb()
  ).send(
    new GetItemCommand({
      TableName: TABLE,
      Key: { pk: { S: `rate#alibaba#${rate.account}` }, sk: { S: "cn-hangzhou#x:y:List" } },
    }),
  );
  expect(Item?.["expiresAt"]?.N).toBe(String(AT / 1000 + 24 * 3600));
});
