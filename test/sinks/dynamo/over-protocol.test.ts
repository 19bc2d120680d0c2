import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ScanCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { raise, resolve, markSent } from "../../../lib/core/alert/lifecycle.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { dynamoAlertStates, dynamoDeliveries } from "../../../lib/sinks/dynamo/alert-states.ts";
import { dynamoNonces } from "../../../lib/sinks/dynamo/nonces.ts";
import { dynamoRateClaims } from "../../../lib/sinks/dynamo/rate-claims.ts";
import { dynamoRunStore } from "../../../lib/sinks/dynamo/run-store.ts";
import { dynamoSeen } from "../../../lib/sinks/dynamo/seen.ts";
import { dynamoSentShards } from "../../../lib/sinks/dynamo/sent-shards.ts";
import { dynamoWriteCap } from "../../../lib/sinks/dynamo/write-cap.ts";
import { ALERT, alertSettings, AT } from "../../core/alert/alerts.ts";
import { recordingServer } from "../../providers/recording-server.ts";
import { openAws, TABLE } from "../aws-clients.ts";

const DAY = 24 * 3_600;
const SECONDS = AT / 1_000;
const REF = { type: "aws:ec2:instance", account: "a", region: "r", id: "i" };
const BUCKET = { provider: "aws", account: "a", region: "r", action: "x" } as const;
const ACCOUNT = { provider: "aws", account: "a", writesPerHour: 100 } as const;
const OPENED = raise(undefined, ALERT, { event: "e", at: AT }, alertSettings());
const OVER = resolve(OPENED, { event: "f", at: AT });
const RUN = { run: "r1", startedAt: AT, at: AT, policyHash: "abc", shards: ["a"] };

const places = (client: ReturnType<typeof createAwsClients>["dynamodb"], table = TABLE) => ({
  states: dynamoAlertStates({ client, table }),
  deliveries: dynamoDeliveries({ client, table }),
  nonces: dynamoNonces({ client, table, now: () => AT }),
  claims: dynamoRateClaims({ client, table }),
  runs: dynamoRunStore({ client, table }),
  seen: dynamoSeen({ client, table }),
  sent: dynamoSentShards({ client, table }),
  cap: dynamoWriteCap({ client, table, repairsPerHour: () => 10 }),
});
type Places = ReturnType<typeof places>;

describe("what the table keeps goes by itself", () => {
  let aws: Awaited<ReturnType<typeof openAws>>;
  beforeAll(async () => {
    aws = await openAws();
  });
  afterAll(() => aws.close());

  /** When what is under this key may go, in seconds since the epoch. */
  async function expiryOf(isIt: (pk: string, sk: string) => boolean): Promise<number> {
    const { Items = [] } = await (await aws.dynamodb()).send(new ScanCommand({ TableName: TABLE }));
    const found = Items.filter(({ pk, sk }) => isIt(pk?.S ?? "", sk?.S ?? ""));
    expect(found).toHaveLength(1);
    return Number(found[0]?.["expiresAt"]?.N);
  }

  test.each<[string, (places: Places) => Promise<unknown>, string, number]>([
    ["a delivery after 30 days", ({ deliveries }) => deliveries.add("d1", AT + 999), "digests d1", SECONDS + 30 * DAY],
    ["what was seen after 60 days", ({ seen }) => seen.note([REF], AT + 999), "seen#aws#a#r type#", SECONDS + 60 * DAY],
    ["a run after 400 days", ({ runs }) => runs.create(RUN), "run#r1 plan", SECONDS + 400 * DAY],
    [
      "how far a start has come after 30 days",
      ({ sent }) => sent.mark({ run: "r2", startedAt: AT + 999 }, 1),
      "run#r2 sent",
      SECONDS + 30 * DAY,
    ],
    [
      "the writes of an hour a day after its end",
      ({ cap }) => cap.reserve(ACCOUNT, 1, AT),
      "writes#aws#a 2026-11-22T02:00:00.000Z",
      SECONDS + 3_600 + DAY,
    ],
  ])("%s", async (_, write, key, expiry) => {
    await write(places(aws.dynamodb));
    expect(await expiryOf((pk, sk) => `${pk} ${sk}`.startsWith(key))).toBe(expiry);
  });

  test("an alert after 400 days while it is open or to be told of, and after 9 when it is over", async () => {
    const { states } = places(aws.dynamodb);
    const isIt = (pk: string, sk: string) => pk === "alerts" && sk === ALERT.key;
    await states.write(OPENED);
    expect(await expiryOf(isIt)).toBe(SECONDS + 400 * DAY);
    await states.write({ ...OVER, version: 2 });
    const ended = { ...OVER, version: 2 };
    const told = ended.notice === undefined ? ended : markSent(ended, ended.notice);
    await states.write({ ...told, version: 3 });
    expect(await expiryOf(isIt)).toBe(SECONDS + 9 * DAY);
  });
});

type Answer = { readonly error: string } | object;

/** The stores over a table that answers as it is told, by the operation and how often that was asked for. */
async function answering(answer: (operation: string, call: number, request: unknown) => Answer) {
  const calls: string[] = [];
  const requests: unknown[] = [];
  const server = await recordingServer(({ headers, body }) => {
    const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
    calls.push(operation);
    const request: unknown = JSON.parse(body);
    requests.push(request);
    const said = answer(operation, calls.filter((one) => one === operation).length, request);
    const type = { "content-type": "application/x-amz-json-1.0" };
    if (!("error" in said)) return { headers: type, body: JSON.stringify(said) };
    return { status: 400, headers: type, body: JSON.stringify({ __type: `x#${String(said.error)}`, message: "no" }) };
  });
  const limits = { attempts: 1, connectMs: 5_000, answerMs: 60_000 };
  const { dynamodb } = createAwsClients({ AWS_ENDPOINT_URL_DYNAMODB: server.origin }, limits);
  return { ...places(dynamodb), calls, requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test.each<[string, (places: Places) => Promise<unknown>]>([
  ["writing an alert", ({ states }) => states.write(OPENED)],
  ["forgetting what was seen", ({ seen }) => seen.forget([REF], AT)],
  ["noting what was seen", ({ seen }) => seen.note([REF], AT)],
  ["claiming a rate", ({ claims }) => claims.claim(BUCKET, "audit 1", AT)],
  ["taking back a claim", ({ claims }) => claims.release(BUCKET, "audit 1", AT)],
  ["reserving writes", ({ cap }) => cap.reserve(ACCOUNT, 1, AT)],
  ["giving writes back", ({ cap }) => cap.release(ACCOUNT, 1, AT)],
  ["creating a run", ({ runs }) => runs.create(RUN)],
  ["remembering a request", ({ nonces }) => nonces.remember("n", AT)],
])("%s fails where the table says no, and is not taken for what others did first", async (_, act) => {
  await using table = await answering(() => ({ error: "AccessDeniedException" }));
  await expect(act(table)).rejects.toThrow("no");
});

test("who waits for writes is told which store it waits for", async () => {
  await using table = await answering(() => ({ error: "AccessDeniedException" }));
  await expect(table.cap.reserve(ACCOUNT, 1, AT)).rejects.toThrow("DynamoDB: no");
});

describe("what the table could not take at once", () => {
  const refs = Array.from({ length: 3 }, (_, n) => ({ ...REF, id: `i${n}` }));
  const itemsIn = (request: unknown) =>
    (request as { RequestItems: Record<string, readonly object[]> }).RequestItems[TABLE] ?? [];

  test("is offered again, and only that", async () => {
    await using table = await answering((_, call, request) =>
      call === 1 ? { UnprocessedItems: { [TABLE]: itemsIn(request).slice(2) } } : {},
    );
    await table.seen.note(refs, AT);
    expect(table.requests.map((request) => itemsIn(request).length)).toEqual([3, 1]);
    expect(itemsIn(table.requests[1])).toEqual(itemsIn(table.requests[0]).slice(2));
  });

  test("is given up after four offers", async () => {
    await using table = await answering((_operation, _call, request) => ({
      UnprocessedItems: { [TABLE]: itemsIn(request).slice(-2) },
    }));
    await expect(table.seen.note(refs, AT)).rejects.toThrow("did not take 2 seen resources");
    expect(table.calls).toHaveLength(4);
  });
});

describe("a look at more than one page", () => {
  const item = (record: object): Record<string, AttributeValue> => ({ record: { S: JSON.stringify(record) } });

  test("of open alerts sees all of them, in the order of their keys", async () => {
    const named = (key: string) => ({ ...OPENED, alert: { ...ALERT, key } });
    const last = { pk: { S: "alerts" }, sk: { S: "b" } };
    await using table = await answering((_, call) => {
      if (call === 2) return { Items: [] as object[], LastEvaluatedKey: last };
      return { Items: [item(named(call === 1 ? "b" : "a"))], ...(call === 1 && { LastEvaluatedKey: last }) };
    });
    expect((await table.states.pending()).map(({ alert }) => alert.key)).toEqual(["a", "b"]);
    expect(table.requests).toMatchObject([{ ConsistentRead: true }, { ExclusiveStartKey: last }, {}]);
  });
});

test("the write cap gives up for now where others are quicker each of ten times", async () => {
  await using table = await answering((operation) =>
    operation === "UpdateItem" ? { error: "ConditionalCheckFailedException" } : { Item: { used: { N: "50" } } },
  );
  expect(await table.cap.reserve(ACCOUNT, 60, AT)).toBe(0);
  expect(table.calls.filter((one) => one === "UpdateItem")).toHaveLength(10);
});

test("nothing to give back costs no call", async () => {
  await using table = await answering(() => ({}));
  await table.cap.release(ACCOUNT, 0, AT);
  expect(table.calls).toEqual([]);
});

test("what others have decided is read as it is, not as it was a moment ago", async () => {
  await using table = await answering(() => ({}));
  await table.states.read("k");
  await table.deliveries.has("d");
  await table.nonces.has("n");
  await table.sent.read("r");
  await table.runs.result("r", "s");
  expect(table.requests).toHaveLength(5);
  for (const request of table.requests) expect(request).toMatchObject({ ConsistentRead: true });
});
