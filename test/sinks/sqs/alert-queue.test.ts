import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AlertMessage } from "../../../lib/app/ports/alerts.ts";
import { sqsAlertQueue } from "../../../lib/sinks/sqs/alert-queue.ts";
import { sqsEventQueue } from "../../../lib/sinks/sqs/event-queue.ts";
import { ALERT, AT, DIGEST, longDigest } from "../../core/alert/alerts.ts";
import * as fc from "../../properties.ts";
import { openAws } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
let queueUrl: string;
let queues = 0;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());
beforeEach(async () => {
  const created = await (await aws.sqs()).send(new CreateQueueCommand({ QueueName: `alerts-${(queues += 1)}` }));
  queueUrl = created.QueueUrl ?? "";
});

async function taken(): Promise<unknown[]> {
  const sqs = await aws.sqs();
  const bodies: unknown[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? "") as unknown));
  }
}
const send = (message: AlertMessage) => sqsAlertQueue({ client: aws.sqs, queueUrl }).send(message);
const digest = (count: number, name: string): AlertMessage => ({ kind: "digest", digest: longDigest(count, name) });

describe("a message of the alert queue", () => {
  it("arrives as it was sent, whatever characters are in its names", async () => {
    const message = digest(1, "\uFFFF\uFFFE\u0000\u{1F600}资\n");
    await send(message);
    expect(await taken()).toEqual([message]);
  });

  it("names fewer alerts where they are more than a message holds, and counts all of them", async () => {
    await send(digest(60, "\u0001".repeat(200)));
    const [message, ...others] = (await taken()) as { readonly digest: typeof DIGEST }[];
    expect(others).toEqual([]);
    expect(message?.digest.counts).toEqual(longDigest(1, "x").counts);
    expect(message?.digest.entries.length).toBeGreaterThan(1);
    expect(message?.digest.entries.length).toBeLessThan(60);
  });

  it("is several where more is raised than one holds, and resolves what is over once", async () => {
    const alerts = Array.from({ length: 30 }, (_, n) => ({ ...ALERT, key: `k${n}`, text: "资".repeat(20_000) }));
    await send({ kind: "raised", event: "enforce 1", at: AT, alerts, resolved: ["alarm:x"] });
    const raised = (await taken()) as {
      readonly event: string;
      readonly alerts: typeof alerts;
      readonly resolved?: [];
    }[];
    expect(raised.length).toBeGreaterThan(1);
    expect(raised.flatMap((one) => one.alerts.map(({ key }) => key)).sort()).toEqual(
      alerts.map(({ key }) => key).sort(),
    );
    expect(new Set(raised.map(({ event }) => event))).toEqual(new Set(["enforce 1"]));
    expect(raised.filter(({ resolved }) => resolved !== undefined)).toHaveLength(1);
  });

  it.each<[string, AlertMessage]>([
    ["alert", { kind: "raised", event: "enforce 1", at: AT, alerts: [{ ...ALERT, text: "x".repeat(1_100_000) }] }],
    ["entry", { kind: "digest", digest: { ...DIGEST, reportUrl: "x".repeat(1_100_000) } }],
  ])("fails where a single %s is too long, and says nothing less in its place", async (_, message) => {
    await expect(send(message)).rejects.toThrow(/1048576|longer/u);
    expect(await taken()).toEqual([]);
  });
});

it("events say on their queue who brought them", async () => {
  await sqsEventQueue({ client: aws.sqs, queueUrl }).send(["{}", "[]"], "huaweiSmn");
  const receive = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
  const { Messages = [] } = await (await aws.sqs()).send(new ReceiveMessageCommand(receive));
  expect(Messages.map(({ MessageAttributes }) => MessageAttributes)).toEqual([
    { sender: { DataType: "String", StringValue: "huaweiSmn" } },
    { sender: { DataType: "String", StringValue: "huaweiSmn" } },
  ]);
});

it("events arrive on their queue as they were sent, whatever JSON text they are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 10 }), async (names) => {
      await sqsEventQueue({ client: aws.sqs, queueUrl }).send(
        names.map((name) => JSON.stringify({ name })),
        "signedEvents",
      );
      expect(((await taken()) as { name: string }[]).map(({ name }) => name).sort()).toEqual(names.toSorted());
    }),
    { numRuns: 20 },
  );
});
