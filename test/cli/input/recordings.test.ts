import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { RECORDING_FORMS } from "../../../bench/recording-forms.ts";
import { main } from "../../../cli/main.ts";
import { runInstances } from "../../fixtures/events/records.ts";
import { memoryIo, ndjson, POLICY, runMain, temporaryFile, temporaryFolder } from "../run-main.ts";

function bucket(name: string): object {
  return {
    eventVersion: "1.11",
    eventSource: "s3.amazonaws.com",
    eventName: "CreateBucket",
    awsRegion: "us-east-1",
    eventTime: "2026-11-20T09:15:02Z",
    eventID: `e-${name}`,
    recipientAccountId: "444455556666",
    requestParameters: { bucketName: name },
    responseElements: null,
  };
}

const arnOf = (name: string): string => `arn:aws:s3:::${name}`;

async function eventsOf(content: string | Uint8Array) {
  const ran = await runMain(["events", await temporaryFile("recording", content)]);
  const lines = ran.stdout.trim() === "" ? [] : ran.stdout.trim().split("\n");
  return { ...ran, ids: lines.map((line) => (JSON.parse(line) as { id: string }).id) };
}

describe("the forms in which people keep recordings", () => {
  const COUNT = 1_200;
  let expected: string;

  async function printedOf(pieces: Iterable<string | Uint8Array>): Promise<string> {
    const { io, stdout, stderr } = memoryIo();
    const stdin = Readable.from(Array.from(pieces, (piece) => Buffer.from(piece)));
    expect(await main(["events", "-"], { ...io, stdin }), stderr()).toBe(0);
    expect(stderr()).toMatch(/^1,200 events: 600 resources created, 0 unreadable/);
    return stdout();
  }

  beforeAll(async () => {
    expected = await printedOf(RECORDING_FORMS["one record a line"]?.(COUNT) ?? []);
    expect(expected.trim().split("\n")).toHaveLength(COUNT / 2);
  });

  test.each(Object.entries(RECORDING_FORMS))("%s: the same records give the same resources", async (_, form) => {
    expect(await printedOf(form(COUNT))).toBe(expected);
  });

  const [one, two] = [bucket("one"), bucket("two")];
  const lookedUp = { EventId: "e-one", EventName: "CreateBucket", CloudTrailEvent: JSON.stringify(one) };
  const logLine = { logStreamName: "s", timestamp: 1, message: JSON.stringify(one), eventId: "1" };
  const packed = (value: unknown) => gzipSync(JSON.stringify(value)).toString("base64");
  const subscription = { messageType: "DATA_MESSAGE", owner: "444455556666", logEvents: [logLine] };

  test.each<[string, string | Uint8Array, string[]]>([
    ["what lookup-events prints", JSON.stringify({ Events: [lookedUp], NextToken: "n" }, undefined, 4), ["one"]],
    ["a single event of it", JSON.stringify(lookedUp, undefined, 1), ["one"]],
    ["the records alone, as --query prints them", JSON.stringify([lookedUp.CloudTrailEvent], undefined, 4), ["one"]],
    ["a subscription of CloudWatch Logs", JSON.stringify(subscription, undefined, 1), ["one"]],
    ["the same as a function gets it", JSON.stringify({ awslogs: { data: packed(subscription) } }), ["one"]],
    ["the same on a stream", JSON.stringify({ Records: [{ kinesis: { data: packed(subscription) } }] }), ["one"]],
    [
      "what filter-log-events prints",
      JSON.stringify({ events: [logLine], searchedLogStreams: [] }, undefined, 4),
      ["one"],
    ],
    [
      "records behind each other, pretty",
      [one, two].map((record) => JSON.stringify(record, undefined, 2)).join("\n"),
      ["one", "two"],
    ],
    [
      "log files behind each other on one line",
      [one, two].map((record) => JSON.stringify({ Records: [record] })).join(""),
      ["one", "two"],
    ],
    [
      "gzip members, of which the first has no line's end",
      Buffer.concat([one, two].map((record) => gzipSync(JSON.stringify({ Records: [record] })))),
      ["one", "two"],
    ],
    ["gzip with padding", Buffer.concat([gzipSync(ndjson([one, two])), Buffer.alloc(600)]), ["one", "two"]],
    [
      "a log file, and another put behind it",
      `${JSON.stringify({ Records: [one] })}\n${JSON.stringify({ Records: [two] }, undefined, 2)}`,
      ["one", "two"],
    ],
  ])("%s", async (_, content, names) => {
    expect(await eventsOf(content)).toMatchObject({ code: 0, ids: names.map(arnOf) });
  });

  test("of CTS's and ActionTrail's APIs: the list in what they answer", async () => {
    const trace = {
      trace_name: "createUserV5",
      service_type: "IAM",
      resource_id: "u1",
      domain_id: "d1",
      message: "m",
      id: "x",
    };
    const trail = {
      eventName: "CreateApp",
      serviceName: "CloudAPI",
      acsRegion: "cn-hangzhou",
      recipientAccountId: "1",
      responseElements: { AppId: 7 },
    };
    expect((await eventsOf(JSON.stringify({ traces: [trace], meta_data: { count: 1 } }))).ids).toEqual(["u1"]);
    expect((await eventsOf(JSON.stringify({ RequestId: "r", Events: [trail] }))).ids).toEqual(["7"]);
  });
});

describe("what is left out is counted", () => {
  test("by reason: events that create nothing, log lines that are no events, and what can't be read", async () => {
    const lines = ["START RequestId: 1", "END RequestId: 1", '{"broken'].map((message) => ({ timestamp: 1, message }));
    const records = [
      bucket("one"),
      runInstances({ errorCode: "Client.UnauthorizedOperation" }),
      { foo: 1 },
      { foo: 2 },
    ];
    const { ids, stderr, code } = await eventsOf(`${JSON.stringify({ logEvents: lines })}\n${ndjson(records)}`);
    expect([code, ids]).toEqual([0, [arnOf("one")]]);
    expect(stderr).toContain("recording #3: message: not valid JSON");
    expect(stderr).toContain("5 events: 1 resource created, 3 unreadable\n");
    expect(stderr).toContain("not a creation: 1 x the call failed with Client.UnauthorizedOperation\n");
    expect(stderr).toContain("skipped: 2 x a log line that holds no JSON\n");
    expect(stderr).toContain("skipped: 2 x can't be read: The event has none of the accepted formats");
    expect(stderr).toContain("skipped: 1 x can't be read: message: not valid JSON");
  });

  test("and named where it stands, but not a thousand times", async () => {
    const { stderr } = await eventsOf(ndjson([bucket("one"), ...Array.from({ length: 1_000 }, () => ({ foo: 1 }))]));
    expect(stderr).toContain("recording:2: The event has none of the accepted formats");
    expect(stderr).toContain("skipped: 1000 x can't be read: The event has none");
    expect(stderr.split("\n").length).toBeLessThan(30);
  });
});

/** The buckets that a recording tells of, as far as anybody can see; of gzip those of the whole. */
function idsIn(content: string | Uint8Array): string[] {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const names = [...(text.startsWith("{") ? text : WHOLE).matchAll(/"bucketName":"([^"]*)"/g)];
  return names.map(([, name = ""]) => arnOf(name));
}

const WHOLE = `${JSON.stringify({ Records: Array.from({ length: 400 }, (_, number) => bucket(`b${number}-${Math.sin(number)}`)) })}\n`;

describe("a recording that is not whole", () => {
  const zipped = gzipSync(WHOLE);

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      "a list that ends too early",
      WHOLE.slice(0, 60_000),
      /recording:1:60001: not valid JSON: the text ends too early/,
    ],
    ["a broken element in its middle", WHOLE.replace('"e-b200', '"e"b200'), /recording:1:\d+: not valid JSON;/],
    ["gzip that was cut off", zipped.subarray(0, zipped.length - 2_000), /recording:1:\d+: is not a whole gzip file/],
    [
      "something behind its gzip data",
      Buffer.concat([zipped, Buffer.alloc(5_000), gzipSync("{}")]),
      /recording:2:1: holds more behind its gzip data/,
    ],
    [
      "a last line that was cut off",
      `${ndjson([bucket("one")])}${JSON.stringify(bucket("two")).slice(0, 50)}`,
      /recording:2:51: not valid JSON: the text ends too early/,
    ],
    [
      "another encoding in its middle",
      Buffer.concat([Buffer.from(`${WHOLE}{"a":"`), Buffer.alloc(70_000, 0xff)]),
      /recording:\d+:\d+: is not UTF-8 text/,
    ],
  ])("for %s gives what stands before, says where it ends, and is exit 2", async (_, content, message) => {
    const { code, ids, stderr } = await eventsOf(content);
    expect(code).toBe(2);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).toEqual(idsIn(content).slice(0, ids.length));
    expect(stderr).toMatch(message);
    expect(stderr).toContain("what follows was not read, so the results are incomplete");
    expect(stderr).not.toContain("b200-");
  });

  test("doesn't keep the others from being read", async () => {
    const files = [
      await temporaryFile("a.json", '{"Records":['),
      await temporaryFile("b.json", ndjson([bucket("one")])),
    ];
    const { code, stdout } = await runMain(["events", ...files]);
    expect(code).toBe(2);
    expect(stdout).toContain(arnOf("one"));
  });

  test("is previewed as incomplete, and nothing of it is written", async () => {
    const folder = await temporaryFolder();
    const events = await temporaryFile("recording.json", `{"Records":[${JSON.stringify(bucket("one"))},`);
    const policy = await temporaryFile("policy.yaml", POLICY);
    const preview = await runMain(["enforce", "--policy", policy, "--events", events, "--format", "json"]);
    expect(preview.code).toBe(2);
    expect(JSON.parse(preview.stdout)).toMatchObject({ calls: 1, incomplete: true });
    const config = await temporaryFile(
      "config.yaml",
      'accounts: [{ provider: aws, account: "444455556666", regions: [us-east-1] }]\n',
    );
    const journal = ["--journal", folder];
    const applied = await runMain([
      "enforce",
      "--policy",
      policy,
      "--events",
      events,
      "--config",
      config,
      "--apply",
      ...journal,
    ]);
    expect(applied).toMatchObject({ code: 2, stdout: "" });
    expect(applied.stderr).toContain("is not whole, so nothing is written");
  });
});
