import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTelemetry } from "../../../lib/lambda/telemetry.ts";
import { sqsBatchDeps } from "../../../lib/lambda/sqs/batch-deps.ts";
import { envelopeOf, type MessageCopy } from "../../../lib/lambda/sqs/messages.ts";
import { openAws } from "../../sinks/aws-clients.ts";
import { HOUR, NOW, record } from "./records.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await openAws();
  sqs = await aws.sqs();
});
afterAll(() => aws.close());

let queues = 0;
async function openFunction() {
  const create = async (name: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${(queues += 1)}` }))).QueueUrl ?? "";
  const [queueUrl, deadLettersUrl] = [await create("live"), await create("dead")];
  const environment = {
    TAGWARDEN_DEAD_LETTERS_URL: deadLettersUrl,
    TAGWARDEN_ATTEMPTS: 4,
    TAGWARDEN_WAIT_HOURS: 24,
  };
  const telemetry = createTelemetry("enforce", "test");
  const deps = sqsBatchDeps({ name: "enforce", queueUrl, environment, aws, telemetry });
  const on = async (QueueUrl: string, WaitTimeSeconds = 0) => {
    const receive = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
    return Messages.map(({ Body: body = "", MessageAttributes = {} }) => ({
      body,
      attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, one]) => [name, one.StringValue])),
    }));
  };
  return { deps, live: (wait?: number) => on(queueUrl, wait), dead: () => on(deadLettersUrl) };
}

const COPY: MessageCopy = { messageId: "m1", body: "one", delaySeconds: 0, sendCount: 3, firstSentAt: NOW - HOUR };

describe("a copy that a function sends", () => {
  test("says what its message knew, and is read so when it comes", async () => {
    const { deps, live } = await openFunction();
    const full: MessageCopy = {
      ...COPY,
      countedFrom: NOW - HOUR / 2,
      part: { from: 2, to: 7 },
      postponed: "journal",
      sender: "signedEvents",
    };
    expect(await deps.sendAgain([full])).toEqual({ taken: new Set(["m1"]), refused: new Map() });
    const [message = expect.fail()] = await live();
    expect(message.body).toBe("one");
    const came = record("m2", message.body, { sentAt: NOW });
    const messageAttributes = Object.fromEntries(
      Object.entries(message.attributes).map(([name, stringValue = ""]) => [name, { stringValue, dataType: "String" }]),
    );
    expect(envelopeOf({ ...came, messageAttributes }, deps.waitMs)).toMatchObject({
      sendCount: 3,
      firstSentAt: NOW - HOUR,
      waitsUntil: NOW - HOUR / 2 + 24 * HOUR,
      part: { from: 2, to: 7 },
      postponed: "journal",
      sender: "signedEvents",
    });
  });

  test("says no more than that", async () => {
    const { deps, live } = await openFunction();
    await deps.sendAgain([COPY]);
    expect((await live())[0]?.attributes).toEqual({ sendCount: "3", firstSentAt: String(NOW - HOUR) });
  });

  test("comes after its delay", async () => {
    const { deps, live } = await openFunction();
    await deps.sendAgain([{ ...COPY, delaySeconds: 1 }]);
    expect(await live()).toEqual([]);
    expect(await live(5)).toHaveLength(1);
  });

  test("in parts stands for its message only where all parts were taken", async () => {
    const { deps, live } = await openFunction();
    const tooLong = { ...COPY, messageId: "m2", body: "x".repeat(1_048_577) };
    const sent = await deps.sendAgain([COPY, { ...COPY, messageId: "m2", body: "half" }, tooLong]);
    expect([...sent.taken]).toEqual(["m1"]);
    expect([...sent.refused.keys()]).toEqual(["m2"]);
    expect((await live()).map(({ body }) => body).toSorted()).toEqual(["half", "one"]);
  });
});

describe("a dead letter that a function writes", () => {
  const LETTER = { messageId: "m1", body: "one", reason: "Odd: nobody knows", firstSentAt: NOW - HOUR };

  test("says why it is there, where it failed, which message it was and since when it waits", async () => {
    const { deps, dead } = await openFunction();
    expect(deps.deadLetters.attempts).toBe(4);
    const { taken } = await deps.deadLetters.send([{ ...LETTER, sender: "audit", postponed: "seen" }]);
    expect([...taken]).toEqual(["m1"]);
    expect(await dead()).toEqual([
      {
        body: "one",
        attributes: {
          reason: LETTER.reason,
          failedIn: "enforce",
          firstMessageId: "m1",
          firstSentAt: String(NOW - HOUR),
          sender: "audit",
          postponed: "seen",
        },
      },
    ]);
  });

  test.each([
    ["is empty", "", "-"],
    ["has characters that SQS doesn't take", "a\u0000b\uFFFEc\td", "a?b?c\td"],
    ["is endless", "x".repeat(5_000), "x".repeat(1_000)],
  ])("is taken although its reason %s", async (_, reason, written) => {
    const { deps, dead } = await openFunction();
    await deps.deadLetters.send([{ ...LETTER, reason }]);
    expect((await dead())[0]?.attributes["reason"]).toBe(written);
  });
});
