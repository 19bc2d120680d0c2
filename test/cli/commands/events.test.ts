import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ndjson, POLICY, runMain, temporaryFile } from "../run-main.ts";

function event(id: string, more: object = {}): object {
  return {
    specversion: "1.0",
    id: `event-${id}`,
    source: "test",
    type: "com.tagwarden.resource.created.v1",
    time: "2026-11-20T09:22:00Z",
    data: { type: "alibaba:apigateway:plugin", account: "111122223333", region: "cn-hangzhou", id, ...more },
  };
}

const record = {
  eventVersion: "1.11",
  eventSource: "s3.amazonaws.com",
  eventName: "CreateBucket",
  awsRegion: "us-east-1",
  eventTime: "2026-11-20T09:15:02Z",
  eventID: "e1",
  recipientAccountId: "444455556666",
  requestParameters: { bucketName: "acme" },
  responseElements: null,
};

const idsOf = (stdout: string): string[] =>
  stdout.trim() === ""
    ? []
    : stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id);

const eventsOf = async (content: string | Uint8Array, ...more: string[]) => {
  const ran = await runMain(["events", await temporaryFile("recording", content), ...more]);
  return { ...ran, ids: idsOf(ran.stdout) };
};

describe("a recording is read whatever its form", () => {
  const two = [event("a"), event("b")];
  const cloudTrail = { Records: [record, record] };
  const bucket = "arn:aws:s3:::acme";
  test.each<[string, string | Uint8Array, string[]]>([
    ["NDJSON", ndjson(two), ["a", "b"]],
    ["NDJSON of one line without an end", JSON.stringify(event("a")), ["a"]],
    ["a JSON array on one line", JSON.stringify(two), ["a", "b"]],
    ["a JSON array over many lines", JSON.stringify(two, undefined, 2), ["a", "b"]],
    ["a JSON array of one event a line", `[\n${two.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`, ["a", "b"]],
    ["a single event over many lines", JSON.stringify(event("a"), undefined, 2), ["a"]],
    ["a CloudTrail file on one line", JSON.stringify(cloudTrail), [bucket, bucket]],
    ["a CloudTrail file over many lines", JSON.stringify(cloudTrail, undefined, 2), [bucket, bucket]],
    ["CloudTrail files one a line", ndjson([cloudTrail, cloudTrail]), [bucket, bucket, bucket, bucket]],
    [
      "messages as Lambda gets them",
      JSON.stringify({ Records: two.map((one) => ({ messageId: "m", body: JSON.stringify(one) })) }),
      ["a", "b"],
    ],
    ["a list of bodies as text", JSON.stringify(two.map((one) => JSON.stringify(one))), ["a", "b"]],
    ["gzip of NDJSON", gzipSync(ndjson(two)), ["a", "b"]],
    ["gzip of a JSON array", gzipSync(JSON.stringify(two)), ["a", "b"]],
    [
      "two gzip files put together",
      Buffer.concat([gzipSync(ndjson([event("a")])), gzipSync(ndjson([event("b")]))]),
      ["a", "b"],
    ],
    [
      "messages as ReceiveMessage returns them",
      JSON.stringify({ Messages: two.map((one) => ({ MessageId: "m", Body: JSON.stringify(one) })) }),
      ["a", "b"],
    ],
    ["a list of log files", JSON.stringify([{ Records: [event("a")] }, { Records: [event("b")] }]), ["a", "b"]],
    ["CRLF and a byte order mark", `\ufeff${ndjson(two).replaceAll("\n", "\r\n")}`, ["a", "b"]],
  ])("%s", async (_name, content, ids) => {
    expect(await eventsOf(content)).toMatchObject({ code: 0, ids });
  });

  test("more lines than its start shows", async () => {
    const many = Array.from({ length: 1500 }, (_, index) => event(`r${index}`));
    expect((await eventsOf(ndjson(many))).ids).toHaveLength(1500);
  });
});

describe("events", () => {
  test("leaves tags out and keeps what the creating request said", async () => {
    const { stdout } = await eventsOf(ndjson([event("a", { tags: { env: "dev" }, createdBy: "cmdb" })]));
    expect(JSON.parse(stdout)).toEqual({
      type: "alibaba:apigateway:plugin",
      account: "111122223333",
      region: "cn-hangzhou",
      id: "a",
      event: {
        eventId: "event-a",
        eventName: "com.tagwarden.resource.created.v1",
        createdBy: "cmdb",
        createdByBasis: "given",
        createdAt: "2026-11-20T09:22:00Z",
        requestTags: { env: "dev" },
      },
    });
  });

  test("says on stderr how many events created nothing, and why", async () => {
    const { stderr } = await eventsOf(JSON.stringify({ Records: [record, { ...record, errorCode: "AccessDenied" }] }));
    expect(stderr).toBe(
      "2 events: 1 resource created, 0 unreadable\nnot a creation: 1 x the call failed with AccessDenied\n",
    );
  });

  test("names what it can't read by its place and goes on", async () => {
    const ran = await eventsOf(
      `${ndjson([event("a")])}{"broken\n${ndjson([{ foo: 1 }, event("b", { id: undefined }), event("c")])}`,
    );
    expect(ran).toMatchObject({ code: 0, ids: ["a", "c"] });
    expect(ran.stderr).toMatch(/recording:2: not valid JSON/);
    expect(ran.stderr).toMatch(/recording:3: The event has none of the accepted formats/);
    expect(ran.stderr).toMatch(/recording:4: data\.id of the .* event must be/);
    expect(ran.stderr).toContain("5 events: 2 resources created, 3 unreadable");
  });

  test("names the element of a list that it can't read", async () => {
    const { stderr, ids } = await eventsOf(JSON.stringify([event("a"), 7, null]));
    expect(ids).toEqual(["a"]);
    expect(stderr).toMatch(/recording #2: The event is a number/);
    expect(stderr).toMatch(/recording #3: The event is null/);
  });

  test("goes on after an event of 1.5 MB", async () => {
    const large = event("large", { createdBy: "x".repeat(1_500_000) });
    expect(await eventsOf(ndjson([large, event("a")]))).toMatchObject({ code: 0 });
    expect((await eventsOf(JSON.stringify([JSON.stringify(large), event("a")]))).ids).toEqual(["a"]);
  });

  test.each([
    ["nothing", "", "is empty"],
    ["white space", "\n \n", "is empty"],
    ["no JSON", "hello\nworld\n", "not valid JSON"],
    ["an array that was cut off", '[{"specversion":"1.0"},', "not valid JSON"],
    ["nothing but unknown events", ndjson([{ foo: 1 }]), "holds no event that can be read"],
  ])("a file of %s is exit 2", async (_name, content, message) => {
    const ran = await eventsOf(content);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });

  test("reads several files, and - is stdin", async () => {
    const file = await temporaryFile("a.ndjson", ndjson([event("a")]));
    const ran = await runMain(["events", file, "-"], { stdin: ndjson([event("b")]) });
    expect(idsOf(ran.stdout)).toEqual(["a", "b"]);
  });

  test.each(["cloudtrail.json", "actiontrail.json", "mixed.ndjson"])("reads the example %s", async (name) => {
    const ran = await eventsOf(readFileSync(new URL(`../../../examples/events/${name}`, import.meta.url)));
    expect(ran.code).toBe(0);
    expect(ran.ids.length).toBeGreaterThan(1);
    expect(ran.stderr).toContain(", 0 unreadable");
  });

  test("its output is what evaluate reads", async () => {
    const { stdout } = await eventsOf(ndjson([event("a")]));
    const policy = await temporaryFile("policy.yaml", POLICY);
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", "-"], { stdin: stdout });
    expect(ran.stderr).toBe("1 unknown\n");
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: "a", compliance: "unknown" });
  });
});
