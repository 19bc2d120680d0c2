import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as fc from "../properties.ts";
import { harmlessIo } from "../../cli/io.ts";
import { CLEAR_LINE, GROUP, memoryIo, ndjson, POLICY, runMain, temporaryFile, temporaryFolder } from "./run-main.ts";

/** What a terminal obeys: titles and links, colours, the cursor, the bell, C1, and the direction of text. */
const HOSTILE = [
  "\u001B]0;owned\u0007",
  "\u001B[2K\r",
  "\u001B[31mRED",
  "\u001B]8;;http://evil.example\u0007click",
  "\u009B2J",
  "\u0085",
  "\u202Egnp.exe",
  "\u2066x\u2069",
  "\u2028",
  "\u0000\u007F",
  "a\ttab",
  "\n12 events: 12 resources created, 0 unreadable",
];
const OBEYED = /(?:\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069])/; // eslint-disable-line no-control-regex
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
const anything = { seed: 1, numRuns: 25 };

/** As `CLEAR_LINE`, our own lines are drawn over. */
const printed = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
  (stdout + stderr).replaceAll(CLEAR_LINE, "");

const cloudTrail = (text: string) => ({
  eventVersion: "1.08",
  eventSource: "ec2.amazonaws.com",
  awsRegion: `us-east-1${text}`,
  eventName: `RunInstances${text}`,
  errorCode: text,
  recipientAccountId: "1",
});
const created = (text: string) => ({
  eventVersion: "1.08",
  eventSource: "s3.amazonaws.com",
  awsRegion: "us-east-1",
  eventName: "CreateBucket",
  eventTime: "2026-11-20T10:00:00Z",
  eventID: text,
  recipientAccountId: "444455556666",
  userIdentity: { type: "IAMUser", userName: text, arn: `arn:aws:iam::444455556666:user/${text}` },
  requestParameters: { bucketName: text },
  responseElements: null,
});
const trace = (text: string) => ({
  trace_name: `createUser${text}`,
  service_type: "IAM",
  trace_rating: "normal",
  code: "200",
  domain_id: "d",
  response: { user: { id: text } },
  project_id: text,
});
const recording = (text: string) =>
  JSON.stringify({ Records: [cloudTrail(text), created(text), trace(text), { specversion: "1.0", type: text }] });
const resources = (text: string) =>
  ndjson([{ ...GROUP, id: `g${text}`, tags: { env: text, [`Owner${text}`]: text } }, GROUP]);

describe("what strangers write reaches no terminal raw", () => {
  it.each(["table", "json", "ndjson"])("in what `events` says and prints as %s", async (format) => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const ran = await runMain(["events", "-", "--format", format], { stdin: recording(text), terminal: true });
        expect(printed(ran)).not.toMatch(OBEYED);
      }),
      anything,
    );
  });

  it.each([
    ["evaluate", "table"],
    ["evaluate", "ndjson"],
    ["plan", "table"],
    ["plan", "json"],
  ])("in what `%s` prints as %s", async (command, format) => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const argv = [command, "--policy", policy, "--resources", "-", "--format", format];
        const ran = await runMain(argv, { stdin: resources(text), terminal: true });
        expect(printed(ran)).not.toMatch(OBEYED);
      }),
      anything,
    );
  });

  it("in what a policy is refused for, or warned of", async () => {
    const path = await temporaryFile("policy.yaml", "");
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const [name] = [JSON.stringify(text)];
        await writeFile(
          path,
          `{"version": 1, ${name}: 1, "requiredTags": {${name}: {"default": ${name}}}, "policies": [{"name": ${name}, "require": [${name}, "x"], "match": {"types": [${name}]}}]}`,
        );
        expect(printed(await runMain(["policy", "check", "--policy", path]))).not.toMatch(OBEYED);
      }),
      anything,
    );
  });

  it.each([
    "events FILE",
    "evaluate --policy FILE --resources FILE",
    "config check --config FILE",
    "undo --journal FILE --run FILE",
    "FILE",
    "events --FILE",
  ])("in the name of a file or an option: %s", async (line) => {
    const folder = await temporaryFolder();
    for (const text of HOSTILE.filter((one) => !one.includes("\0"))) {
      const argv = line.split(" ").map((word) => word.replace("FILE", join(folder, text)));
      expect(printed(await runMain(argv, { terminal: true })), line).not.toMatch(OBEYED);
    }
  });

  it("in the name of a recording that is there and is none", async () => {
    const path = await temporaryFile("recording.json", "[1, 2");
    const named = join(dirname(path), "\u001B[31mred.json");
    await rename(path, named);
    const { stderr, code } = await runMain(["events", named]);
    expect(stderr).toContain("\\u{1b}[31mred.json");
    expect([code, OBEYED.test(stderr)]).toEqual([2, false]);
  });

  it("and JSON says the same as before", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.string({ unit: "binary" })), async (text) => {
        const { io, stdout } = memoryIo();
        await harmlessIo(io).stdout.write(JSON.stringify({ [text]: text }));
        expect(JSON.parse(stdout())).toEqual({ [text]: text });
        expect(stdout()).not.toMatch(OBEYED);
      }),
    );
  });

  it("and a name can't end a line of stderr and begin one of ours", async () => {
    const forged = "\n12 events: 12 resources created, 0 unreadable";
    const { stderr } = await runMain(["events", "-"], { stdin: recording(forged) });
    expect(stderr.split("\n").filter((line) => line.startsWith("12 events"))).toEqual([]);
  });

  it("and an emoji that is joined of several stays one", async () => {
    const { io, stdout } = memoryIo();
    await harmlessIo(io).stdout.write("👩‍🚀 naïve 日本\r\n");
    expect(stdout()).toBe("👩‍🚀 naïve 日本\r\n");
  });
});
