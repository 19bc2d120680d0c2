import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { lineBlocks, readNdjson } from "../../../lib/app/audit/ndjson.ts";
import { POLICY, runMain, temporaryFile } from "../run-main.ts";

const MB = 1024 * 1024;
const EVENT = {
  eventVersion: "1.08",
  eventSource: "ec2.amazonaws.com",
  awsRegion: "us-east-1",
  eventName: "DescribeInstances",
  recipientAccountId: "1",
};
/** 80 MB of line feeds in 80 KB. */
const bomb = gzipSync(Buffer.alloc(80 * MB, "\n"));
const refusal =
  /bomb\.gz(?::\d+:\d+)?: its gzip data unpack to more than 200 times their size, \d+ MB so far, which no honest file does; if it is meant, unpack it/;

describe("gzip that unpacks to what nobody can mean", () => {
  it.each([
    ["a recording", ["events", "FILE"]],
    ["resources", ["evaluate", "--policy", "POLICY", "--resources", "FILE"]],
    ["a policy", ["policy", "check", "--policy", "FILE"]],
    ["a configuration", ["config", "check", "--config", "FILE"]],
  ])("is refused with the file and the limit: %s", async (_, argv) => {
    const file = await temporaryFile("bomb.gz", bomb);
    const policy = await temporaryFile("policy.yaml", POLICY);
    const { code, stderr } = await runMain(
      argv.map((word) => (word === "FILE" ? file : word === "POLICY" ? policy : word)),
    );
    expect(stderr).toMatch(refusal);
    expect(code).toBe(2);
  });

  it("is refused after what was honest in front of it", async () => {
    const file = await temporaryFile("bomb.gz", Buffer.concat([gzipSync(JSON.stringify(EVENT)), bomb]));
    const { code, stderr } = await runMain(["events", file]);
    expect(stderr).toMatch(refusal);
    expect(code).toBe(2);
  });

  it("is an element that can't be read where CloudWatch Logs is said to have packed it, and the rest goes on", async () => {
    const packed = (bytes: Buffer) => JSON.stringify({ awslogs: { data: bytes.toString("base64") } });
    const good = gzipSync(JSON.stringify({ logEvents: [{ id: "1", timestamp: 1, message: JSON.stringify(EVENT) }] }));
    const stdin = `${packed(bomb)}\n${packed(good)}\n`;
    const { stderr } = await runMain(["events", "-"], { stdin });
    expect(stderr).toContain("stdin:1: data unpacks to more than 64 MB, which no log does");
    expect(stderr).toContain("2 events: 0 resources created, 1 unreadable");
  });

  it("is no part of an audit", async () => {
    const oneLine = gzipSync(Buffer.alloc(20 * MB, "x"));
    const read = async () => {
      for await (const _ of lineBlocks("findings/x.ndjson.gz", oneLine)) continue;
    };
    await expect(read()).rejects.toThrow("findings/x.ndjson.gz: unpacks to a line of more than 16 MB");
    expect(() => readNdjson(bomb)).toThrow(RangeError);
  });

  it("is not what many records are that differ in their ids, however much alike they are", async () => {
    const record = (id: string) =>
      JSON.stringify({ ...EVENT, eventID: id, text: "the same in each record ".repeat(30) });
    const block = gzipSync(Array.from({ length: 1_000 }, () => `${record(randomUUID())}\n`).join(""));
    const file = await temporaryFile("records.gz", Buffer.concat(Array.from({ length: 80 }, () => block)));
    const { stderr } = await runMain(["events", file]);
    expect(stderr).toContain("80,000 events");
    expect(stderr).not.toContain("honest");
  }, 60_000);
});
