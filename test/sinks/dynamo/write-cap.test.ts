import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WriteCap } from "../../../lib/app/ports/write-cap.ts";
import { memoryWriteCap, repairsPerHour } from "../../../lib/app/write/cap.ts";
import { dynamoWriteCap } from "../../../lib/sinks/dynamo/write-cap.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const AT = Date.UTC(2026, 10, 22, 2, 59, 59);
const NEXT_HOUR = Date.UTC(2026, 10, 22, 3);

let accounts = 0;
const cappedAt = (writesPerHour: number) =>
  ({ provider: "alibaba", account: `account-${(accounts += 1)}`, writesPerHour }) as const;

const caps: readonly (readonly [string, () => WriteCap])[] = [
  ["memory", memoryWriteCap],
  ["DynamoDB", () => dynamoWriteCap({ client: aws.dynamodb, table: TABLE, repairsPerHour })],
];

describe.each(caps)("the write cap in %s", (_, open) => {
  it("grants what is left of the hour and no more", async () => {
    const cap = open();
    const account = cappedAt(100);
    expect(await cap.reserve(account, 60, AT)).toBe(60);
    expect(await cap.reserve(account, 60, AT)).toBe(40);
    expect(await cap.reserve(account, 60, AT)).toBe(0);
  });

  it("grants all of the cap at once where more is asked for", async () => {
    const account = cappedAt(10);
    expect(await open().reserve(account, 60, AT)).toBe(10);
  });

  it("counts all moments of a clock hour together", async () => {
    const cap = open();
    const account = cappedAt(10);
    await cap.reserve(account, 4, NEXT_HOUR);
    await cap.reserve(account, 4, NEXT_HOUR + 1_800_000);
    expect(await cap.reserve(account, 10, NEXT_HOUR + 3_599_999)).toBe(2);
  });

  it("starts anew with each clock hour", async () => {
    const cap = open();
    const account = cappedAt(10);
    await cap.reserve(account, 10, AT);
    expect(await cap.reserve(account, 10, NEXT_HOUR)).toBe(10);
  });

  it("grants again what was given back", async () => {
    const cap = open();
    const account = cappedAt(10);
    await cap.reserve(account, 10, AT);
    await cap.release(account, 4, AT);
    expect(await cap.reserve(account, 10, AT)).toBe(4);
  });

  it("counts accounts apart", async () => {
    const cap = open();
    await cap.reserve(cappedAt(10), 10, AT);
    expect(await cap.reserve(cappedAt(10), 10, AT)).toBe(10);
  });

  it("grants nothing where the cap is 0 or nothing is asked for", async () => {
    const cap = open();
    expect(await cap.reserve(cappedAt(0), 5, AT)).toBe(0);
    expect(await cap.reserve(cappedAt(5), 0, AT)).toBe(0);
  });

  it("grants repairs half of the hour, and leaves the rest to events", async () => {
    const cap = open();
    const account = cappedAt(11);
    expect(await cap.reserve(account, 4, AT, "repair")).toBe(4);
    expect(await cap.reserve(account, 4, AT, "repair")).toBe(2);
    expect(await cap.reserve(account, 4, AT, "repair")).toBe(0);
    expect(await cap.reserve(account, 60, AT)).toBe(5);
  });

  it("grants repairs no more than events have left", async () => {
    const cap = open();
    const account = cappedAt(10);
    await cap.reserve(account, 8, AT);
    expect(await cap.reserve(account, 5, AT, "repair")).toBe(2);
  });

  it("grants repairs and events again what repairs gave back", async () => {
    const cap = open();
    const account = cappedAt(10);
    await cap.reserve(account, 5, AT, "repair");
    await cap.release(account, 3, AT, "repair");
    expect(await cap.reserve(account, 5, AT, "repair")).toBe(3);
    await cap.release(account, 5, AT, "repair");
    expect(await cap.reserve(account, 60, AT)).toBe(10);
  });

  it("never grants more than the cap to many who ask at once", async () => {
    const cap = open();
    const account = cappedAt(50);
    const granted = await Promise.all(Array.from({ length: 12 }, () => cap.reserve(account, 7, AT)));
    const total = granted.reduce((sum, n) => sum + n, 0);
    expect(total).toBeLessThanOrEqual(50);
    expect(total + (await cap.reserve(account, 100, AT))).toBe(50);
  });
});
