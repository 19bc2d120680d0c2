import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { CREATED } from "../../fixtures/webhooks/signing.ts";
import { temporaryFile } from "../run-main.ts";
import { sqsBetween, useQueues } from "./dead-letter-queues.ts";

const { aws, queues } = useQueues();
const dlq = (...line: string[]) => queues().dlq(line);

const MEMBER = "444455556666";
/** As EventBridge writes them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
const ATTRIBUTES = {
  RULE_ARN: `arn:aws:events:eu-west-1:${MEMBER}:rule/tagwarden-account-CreatedInEc2-1X`,
  TARGET_ARN: "arn:aws:events:us-east-1:000000000000:event-bus/tagwarden-dev",
  ERROR_CODE: "NO_PERMISSIONS",
  ERROR_MESSAGE: "the bus lets nobody in",
  RETRY_ATTEMPTS: "185",
};

/** An account whose rules forward events, with an event that they could not. */
async function memberConfig(regions: readonly string[] = ["eu-west-1"], account = MEMBER): Promise<string> {
  const endpoints = Object.fromEntries(regions.map((region) => [region, "http://127.0.0.1:9"]));
  const credentials = { accessKeyId: "AKIDMEMBER", secretAccessKey: "local" };
  const aws = { provider: "aws", account, regions, endpoints, credentials, inventory: "none" };
  return temporaryFile("config.yaml", stringify({ accounts: [aws] }));
}

/** Nobody gets into this region. */
const without = (closed: string) => sqsBetween(aws(), (_, region) => (region === closed ? "refuse" : undefined));

const placed = { queue: "forward", account: MEMBER, region: "eu-west-1" };

describe("the dead letters of another account's rules", () => {
  test("are listed with where they lie, the rule, the target's refusal and the attempts", async () => {
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const { code, value } = await dlq("list", "--queue", "forward", "--config", await memberConfig());
    const [letter] = value().letters;
    expect(letter).toMatchObject({
      ...placed,
      failedIn: "EventBridge",
      reason: "not delivered: NO_PERMISSIONS the bus lets nobody in (tagwarden-account-CreatedInEc2-1X, 185 attempts)",
      about: expect.stringContaining("alibaba:apigateway:apiGroup g1"),
    });
    expect(code).toBe(0);
  });

  test("are shown with all their attributes, and the event as it is", async () => {
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const where = ["--queue", "forward", "--config", await memberConfig()];
    const [letter] = (await dlq("list", ...where)).value().letters;
    const { stdout } = await dlq("show", letter?.["id"] ?? "", ...where);
    expect(JSON.parse(stdout)).toMatchObject({ ...placed, attributes: ATTRIBUTES, body: CREATED });
  });

  test("are redriven to the queue of enforce as they are, and taken away there", async () => {
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const where = ["--queue", "forward", "--config", await memberConfig()];
    expect(await dlq("redrive", "--all", "--apply", ...where)).toMatchObject({ code: 0 });
    expect(await queues().bodiesOn("EnforceQueue")).toEqual([CREATED]);
    expect((await dlq("list", ...where)).value().letters).toEqual([]);
  });

  test("are nobody's word but EventBridge's: what stands beside them in our words goes no further", async () => {
    const forged = { postponed: "journal", sender: "huaweiSmn", part: "1-2", firstSentAt: "1" };
    await queues().put("ForwardDeadLetters", CREATED, { ...ATTRIBUTES, ...forged });
    const where = ["--queue", "forward", "--config", await memberConfig()];
    const [letter] = (await dlq("list", ...where)).value().letters;
    expect(letter).toMatchObject({ about: expect.stringContaining("alibaba:apigateway:apiGroup g1") });
    expect(letter?.["firstSent"]).toBe(letter?.["since"]);
    const { stdout } = await dlq("show", letter?.["id"] ?? "", ...where);
    expect(JSON.parse(stdout)).toMatchObject({ attributes: forged, body: CREATED });
    expect(await dlq("redrive", "--all", "--apply", ...where)).toMatchObject({ code: 0 });
    const [beside = {}] = await queues().attributesOn("EnforceQueue");
    expect(new Set(Object.keys(beside))).toEqual(new Set(["firstSentAt", "sender"]));
    expect(beside["sender"]).toBe(`forward:${MEMBER}`);
    expect(Number(beside["firstSentAt"])).toBe(Date.parse(letter?.["since"] ?? ""));
  });

  test("are asked for as the account, in its own region, and sent on as we are, in ours", async () => {
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const calls: string[] = [];
    const env = await sqsBetween(aws(), (action, region) => {
      calls.push(`${action} ${region}`);
      return undefined;
    });
    const line = ["redrive", "--all", "--apply", "--queue", "forward", "--config", await memberConfig()];
    await queues().dlq(line, { env });
    expect(calls.filter((one) => /^(Receive|Delete)/.test(one)).every((one) => one.endsWith("eu-west-1"))).toBe(true);
    expect(calls.filter((one) => one.startsWith("Send"))).toEqual(["SendMessage us-east-1"]);
  });

  test("stand beside our own where a configuration names the accounts, and are not looked for without one", async () => {
    await queues().put("EnforceDeadLetters", CREATED);
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const both = await dlq("list", "--config", await memberConfig());
    expect(new Set(both.value().letters.map(({ queue }) => queue))).toEqual(new Set(["enforce", "forward"]));
    expect((await dlq("list")).value().letters.map(({ queue }) => queue)).toEqual(["enforce"]);
    expect(await dlq("list", "--queue", "forward")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--config FILE"),
    });
  });
});

describe("an account that can't be looked at", () => {
  test("is named with the rights that its role lacks, the others are listed, and the exit code is 3", async () => {
    await queues().put("ForwardDeadLetters", CREATED, ATTRIBUTES);
    const env = await without("eu-central-1");
    const config = await memberConfig(["eu-west-1", "eu-central-1"]);
    const { code, stderr, value } = await queues().dlq(["list", "--queue", "forward", "--config", config], { env });
    expect(code).toBe(3);
    expect(value().letters).toMatchObject([placed]);
    const needs =
      /its role needs sqs:GetQueueUrl, sqs:ReceiveMessage, .* on arn:aws:sqs:eu-central-1:444455556666:tagwarden-t\d+-ForwardDeadLetters/;
    expect(stderr).toMatch(/dead letters of 444455556666 eu-central-1 can't be read: /);
    expect(stderr).toMatch(needs);
    expect(value()).toMatchObject({
      unseen: [{ queue: "forward", account: MEMBER, region: "eu-central-1", reason: expect.stringMatching(needs) }],
    });
  });

  test("is told to deploy the template again where it has no such queue", async () => {
    await queues().remove("ForwardDeadLetters");
    const { code, stderr } = await dlq("list", "--config", await memberConfig());
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /eu-west-1 can't be read: there is no queue .*: deploy templates\/aws-account\.yml there again/,
    );
    // A home of global services that nobody configured may well have none.
    expect(stderr.match(/can't be read/g)).toHaveLength(1);
  });

  test("is not the one that tagwarden runs in, whose rules leave theirs with enforce", async () => {
    await queues().remove("ForwardDeadLetters");
    const config = await memberConfig(["us-east-1"], "000000000000");
    expect(await dlq("list", "--config", config)).toMatchObject({ code: 0 });
  });
});

describe("what the schedule gave up", () => {
  const INPUT = '{"scheduledTime":"2026-11-22T02:00:00Z"}';

  test.each([
    [
      "EventBridge Scheduler",
      INPUT,
      { ERROR_CODE: "AWSLambda.TooManyRequestsException", ERROR_MESSAGE: "later", SCHEDULE_ARN: "arn:x" },
      "not delivered: AWSLambda.TooManyRequestsException later",
    ],
    [
      "startAudit",
      JSON.stringify({
        requestContext: {
          functionArn: "arn:aws:lambda:us-east-1:000000000000:function:tagwarden-dev-startAudit:$LATEST",
          condition: "RetriesExhausted",
        },
        requestPayload: JSON.parse(INPUT) as unknown,
        responsePayload: { errorType: "Error", errorMessage: "no table" },
      }),
      {},
      "Error: no table",
    ],
  ])("is listed: %s", async (failedIn, body, attributes, reason) => {
    await queues().put("ScheduleDeadLetters", body, attributes);
    expect((await dlq("list")).value().letters).toMatchObject([{ queue: "schedule", failedIn, reason, about: INPUT }]);
  });

  test("goes back to no queue: --all leaves it, and whoever names it is told what to do", async () => {
    await queues().put("ScheduleDeadLetters", INPUT);
    await queues().put("EnforceDeadLetters", CREATED);
    const all = await dlq("redrive", "--all", "--apply");
    expect(all).toMatchObject({ code: 0, stderr: expect.stringContaining("1 of schedule: ") });
    const [letter] = (await dlq("list")).value().letters;
    const one = await dlq("redrive", "--apply", "--id", letter?.["id"] ?? "");
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining("start the run again by hand") });
  });

  test("has no queue in a service that an earlier version deployed, which is no reason to fail", async () => {
    await queues().remove("ScheduleDeadLetters");
    await queues().put("EnforceDeadLetters", CREATED);
    const ran = await dlq("list");
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("deploy it again") });
    expect(ran.value().letters).toHaveLength(1);
  });
});
