import { describe, expect, test } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { sqsBatchDeps } from "../../../lib/lambda/sqs/batch-deps.ts";
import { createTelemetry } from "../../../lib/lambda/telemetry.ts";
import { CREATED } from "../../fixtures/webhooks/signing.ts";
import { runMain } from "../run-main.ts";
import { useQueues } from "./dead-letter-queues.ts";

const { aws, queues } = useQueues();

const FIRST_SENT_AT = Date.parse("2026-11-21T08:00:00Z");
const dlq = (...line: string[]) => queues().dlq(line);

/** As the function enforce does on the last delivery. */
async function bury(reason: string, body = CREATED): Promise<void> {
  const environment = {
    TAGWARDEN_DEAD_LETTERS_URL: await queues().urlOf("EnforceDeadLetters"),
    TAGWARDEN_ATTEMPTS: 3,
    TAGWARDEN_WAIT_HOURS: 24,
  };
  const queueUrl = await queues().urlOf("EnforceQueue");
  const { deadLetters } = sqsBatchDeps({
    name: "enforce",
    queueUrl,
    environment,
    aws: createAwsClients(aws().variables),
    telemetry: createTelemetry("enforce", "test"),
  });
  await deadLetters.send([{ messageId: "m1", body, reason, firstSentAt: FIRST_SENT_AT }]);
}

describe("tagwarden dlq list", () => {
  test("says why a letter is dead, in which function, and what it is about", async () => {
    await bury("Odd: nobody\u0000 knows");
    const { code, value } = await dlq("list");
    expect(code).toBe(0);
    expect(value().letters).toMatchObject([
      {
        queue: "enforce",
        failedIn: "enforce",
        firstSent: "2026-11-21T08:00:00.000Z",
        reason: "Odd: nobody? knows",
        about: expect.stringContaining("alibaba:apigateway:apiGroup g1 (111122223333 cn-hangzhou)"),
      },
    ]);
  });

  test.each([
    ["a body that can't be read", "{", {}, "", /^can't be read: /],
    ["a function that was killed", CREATED, {}, "", /^none recorded: .*timeout/],
    [
      "EventBridge, which could not deliver",
      CREATED,
      { ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "no" },
      "EventBridge",
      /NO_PERMISSIONS no/,
    ],
  ])("tells of %s, which wrote no reason", async (_, body, attributes, failedIn, reason) => {
    await queues().put("EnforceDeadLetters", body, attributes);
    expect((await dlq("list", "--queue", "enforce")).value().letters).toMatchObject([
      { failedIn, reason: expect.stringMatching(reason) },
    ]);
  });

  test("looks at every queue, the oldest letter first", async () => {
    await queues().put("AuditDeadLetters", '{"run":"r1"}');
    await queues().put("EnforceDeadLetters", CREATED);
    expect((await dlq("list")).value().letters.map(({ queue }) => queue)).toEqual(["audit", "enforce"]);
  });

  test("finds more letters than one request brings", async () => {
    for (let index = 0; index < 23; index++) await queues().put("EnforceDeadLetters", CREATED);
    expect((await dlq("list")).value().letters).toHaveLength(23);
  });

  test("says which queues may have more than were looked at, and nothing where all were", async () => {
    for (let index = 0; index < 3; index++) await queues().put("EnforceDeadLetters", CREATED);
    await queues().put("AuditDeadLetters", '{"run":"r1"}');
    const more = "; enforce may have more than 2: raise --limit\n";
    expect((await dlq("list", "--limit", "2")).stderr).toBe(`3 dead letters${more}`);
    expect((await dlq("redrive", "--all", "--limit", "2")).stderr).toContain(more);
    expect((await dlq("list", "--limit", "4")).stderr).toBe("4 dead letters\n");
  });

  test("exits 2 with a sentence where the stage isn't deployed", async () => {
    const { code, stderr } = await runMain(["dlq", "list", "--stage", "nowhere"], { env: aws().variables });
    expect(code).toBe(2);
    expect(stderr).toMatch(/the queue tagwarden-nowhere-EnforceDeadLetters can't be opened: .*Check --stage/);
  });

  test("exits 2 on a queue that nobody has", async () => {
    expect(await dlq("list", "--queue", "enforcer")).toMatchObject({ code: 2 });
  });
});

describe("tagwarden dlq show", () => {
  test("prints the event as it came", async () => {
    await queues().put("EnforceDeadLetters", CREATED);
    const [letter] = (await dlq("list")).value().letters;
    const { stdout } = await dlq("show", letter?.["id"] ?? "");
    expect(JSON.parse(stdout)).toMatchObject({ body: CREATED });
  });

  test("exits 2 where there is no such letter", async () => {
    expect(await dlq("show", "nobody")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no dead letter nobody"),
    });
  });
});

describe("tagwarden dlq redrive", () => {
  test("names what it would send, and sends nothing", async () => {
    await bury("Odd");
    const { value, stderr } = await dlq("redrive", "--all");
    expect(value().letters).toHaveLength(1);
    expect(stderr).toContain("--apply");
    expect(await queues().bodiesOn("EnforceQueue")).toEqual([]);
  });

  test("with --apply sends the event to its queue and takes the letter away", async () => {
    await bury("Odd");
    expect(await dlq("redrive", "--all", "--apply")).toMatchObject({ code: 0 });
    expect(await queues().bodiesOn("EnforceQueue")).toEqual([CREATED]);
    expect((await dlq("list")).value().letters).toEqual([]);
  });

  test("says in what it sends since when it waits, and nothing that would shorten its new time", async () => {
    await bury("Odd");
    await dlq("redrive", "--all", "--apply");
    expect(await queues().attributesOn("EnforceQueue")).toEqual([{ firstSentAt: String(FIRST_SENT_AT) }]);
  });

  test("of a letter that SQS itself has put there goes by when that was sent", async () => {
    await queues().put("EnforceDeadLetters", CREATED);
    const { firstSent, since } = (await dlq("list")).value().letters[0] ?? expect.fail("a letter");
    expect(firstSent).toBe(since);
  });

  test.each([[[]], [["--id", "x", "--all"]]])("with %j exits 2: which letters is said once", async (line) => {
    expect(await dlq("redrive", ...line)).toMatchObject({ code: 2 });
  });
});
