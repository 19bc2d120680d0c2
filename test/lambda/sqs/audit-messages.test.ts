import { describe, expect, test } from "vitest";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { parseReportMessage, parseShardMessage } from "../../../lib/lambda/sqs/audit-messages.ts";

const SHARD = {
  id: "aws.1.eu-west-1.all",
  provider: "aws",
  account: "1",
  region: "eu-west-1",
  service: "all",
  types: ["aws:*:*"],
} as const;
const MESSAGE: ShardMessage = { run: "r1", at: 2, policyHash: "abc", startedAt: 1, shard: SHARD };
const FULL: ShardMessage = {
  ...MESSAGE,
  previous: "r0",
  repair: false,
  checkpoint: "work/c.json",
  shard: { ...SHARD, regions: ["us-east-1", "eu-west-1"], alsoGlobal: true, only: ["aws:ec2:*"] },
};

describe("a message of the audit queue", () => {
  test.each([
    ["with all that may be in it", FULL],
    ["with what has to be in it", MESSAGE],
  ])("%s is read as it was sent", (_, message) => {
    expect(parseShardMessage(JSON.stringify(message))).toStrictEqual(message);
  });

  test("is none where a field is missing or wrong, and says which", () => {
    const { run: _run, ...nameless } = MESSAGE;
    expect(() => parseShardMessage(JSON.stringify(nameless))).toThrow(InputError);
    expect(() => parseShardMessage(JSON.stringify(nameless))).toThrow(/wrong or missing: run$/u);
    const odd = { ...MESSAGE, at: "now", shard: { ...SHARD, provider: "azure", types: [1, ""], account: "" } };
    expect(() => parseShardMessage(JSON.stringify(odd))).toThrow(
      /: at, shard\.provider, shard\.account, shard\.types\./u,
    );
  });

  test.each([
    ["run", { run: "" }],
    ["policyHash", { policyHash: "" }],
    ["previous", { previous: "" }],
    ["repair", { repair: true }],
    ["checkpoint", { checkpoint: "" }],
  ])("is none whose %s can't be", (field, change) => {
    const odd = JSON.stringify({ ...MESSAGE, ...change });
    expect(() => parseShardMessage(odd)).toThrow(new RegExp(`wrong or missing: ${field}$`, "u"));
  });

  test("is none where it is no object at all", () => {
    expect(() => parseShardMessage("null")).toThrow(/wrong or missing: the message$/u);
    expect(() => parseShardMessage("{")).toThrow(InputError);
  });
});

describe("a message of the report queue", () => {
  test("names its run", () => {
    expect(parseReportMessage('{"run":"r1"}')).toBe("r1");
  });

  test.each(['{"run":""}', "{}", "[]"])("is not %s", (body) => {
    expect(() => parseReportMessage(body)).toThrow(InputError);
  });
});
