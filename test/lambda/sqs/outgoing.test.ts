import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import { MOST_MESSAGE_BYTES } from "../../../lib/core/queue-text.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { sqsBatchDeps } from "../../../lib/lambda/sqs/batch-deps.ts";
import type { MessageEnvelope } from "../../../lib/lambda/sqs/messages.ts";
import { createTelemetry } from "../../../lib/lambda/telemetry.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";
import { failuresOf, record } from "./records.ts";

const LAST_DELIVERY = 5;

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  const sqs = await createAwsClients(aws.variables).sqs();
  for (const QueueName of ["work", "dead"]) await sqs.send(new CreateQueueCommand({ QueueName }));
});
afterAll(() => aws.close());

function deps() {
  const environment = {
    TAGWARDEN_DEAD_LETTERS_URL: aws.queueUrl("dead"),
    TAGWARDEN_ATTEMPTS: LAST_DELIVERY,
    TAGWARDEN_WAIT_HOURS: 24,
  };
  const telemetry = createTelemetry("test", "test");
  const queueUrl = aws.queueUrl("work");
  return sqsBatchDeps({ name: "test", queueUrl, environment, aws: createAwsClients(aws.variables), telemetry });
}

const waits = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
  messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 5, reason: "Busy: later" }));

/** What lies on the dead-letter queue: the length of its body, and what stands beside it. */
async function letters() {
  const sqs = await createAwsClients(aws.variables).sqs();
  const receive = { QueueUrl: aws.queueUrl("dead"), MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
  return Messages.map(({ Body = "", MessageAttributes = {} }) => ({
    length: Body.length,
    ...Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
  }));
}

describe("a message that is as long as a queue takes", () => {
  it.each([
    ["with room for little more than a word", 40, { reason: "Busy: lat", failedIn: "test" }],
    ["with room for nothing", 0, {}],
  ])("%s becomes a dead letter on its last delivery, with as much of the reason as fits", async (_, room, beside) => {
    const length = MOST_MESSAGE_BYTES - room;
    const [first, last] = [1, LAST_DELIVERY].map((receiveCount) => record("m1", "x".repeat(length), { receiveCount }));
    if (first === undefined || last === undefined) throw new Error("no records");
    expect(await failuresOf([first], waits, deps())).toEqual(["m1"]);
    expect(await letters()).toEqual([]);
    expect(await failuresOf([last], waits, deps())).toEqual([]);
    expect(await letters()).toEqual([{ length, ...beside }]);
  });

  it("has all that stands beside a dead letter where just that fits", async () => {
    const own = { reason: "Odd", firstSentAt: "1795348800000", failedIn: "test", firstMessageId: "m1" };
    const beside = Object.entries(own).reduce((sum, [name, value]) => sum + name.length + 6 + value.length, 0);
    const length = MOST_MESSAGE_BYTES - beside;
    const fails = async (): Promise<MessageAction[]> => [{ messageId: "m1", action: "redeliver", reason: "Odd" }];
    expect(
      await failuresOf([record("m1", "x".repeat(length), { receiveCount: LAST_DELIVERY })], fails, deps()),
    ).toEqual([]);
    expect(await letters()).toEqual([{ length, ...own }]);
  });
});
