import { createHash } from "node:crypto";
import { CreateQueueCommand, ReceiveMessageCommand, type SendMessageCommandInput } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoreRecord } from "../../../lib/app/ports/store-records.ts";
import type { JournalEntry } from "../../../lib/core/journal.ts";
import { POSTPONED } from "../../../lib/app/ports/store-records.ts";
import { readPostponed, sqsPostponed } from "../../../lib/lambda/sqs/postponed.ts";
import { openAws } from "../../sinks/aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

let queues = 0;

/** Postpones a record, and gives what is on the queue then. */
async function postponed(record: StoreRecord) {
  const sqs = await aws.sqs();
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: `postponed-${(queues += 1)}` }));
  const sent: { readonly kind: string; readonly body: string; readonly delay: unknown }[] = [];
  sqs.middlewareStack.add(
    (next) => async (step) => {
      const { MessageBody = "", MessageAttributes, DelaySeconds } = step.input as SendMessageCommandInput;
      sent.push({ kind: MessageAttributes?.[POSTPONED]?.StringValue ?? "", body: MessageBody, delay: DelaySeconds });
      // Nobody wants to wait for it here.
      return next({ ...step, input: { ...step.input, DelaySeconds: 0 } });
    },
    { step: "initialize", name: "sent" },
  );
  await sqsPostponed({ client: async () => sqs, queueUrl: QueueUrl })(record);
  sqs.middlewareStack.remove("sent");
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
  );
  return { sent, messages: Messages };
}

/** An id and values as different from one another as real ones. */
const random = (text: string) => createHash("sha256").update(text).digest("hex");
const entries = (ids: number, keys: number): JournalEntry[] =>
  Array.from({ length: ids * keys }, (_, index) => ({
    type: "aws:ec2:instance",
    account: "444455556666",
    region: "us-east-1",
    id: `arn:aws:ec2:us-east-1:444455556666:instance/i-${random(String(Math.floor(index / keys))).slice(0, 17)}`,
    key: `key-${index % keys}`,
    value: random(String(index)),
    requestId: random(`r${Math.floor(index / 100)}`).slice(0, 36),
    at: "2026-11-22T12:00:00.000Z",
  }));

test("a record comes back as it was, marked as ours, and not at once", async () => {
  const record: StoreRecord = { kind: "journal", run: "2026-11-22.a", entries: entries(2, 2) };
  const { sent, messages } = await postponed(record);
  expect(sent).toMatchObject([{ kind: "journal", delay: 10 }]);
  const [message] = messages;
  expect(message?.MessageAttributes).toMatchObject({ [POSTPONED]: { StringValue: "journal" } });
  expect(await readPostponed("journal", message?.Body ?? "")).toEqual(record);
});

test("the journal of an event of 10,000 ids fits, in messages that the queue takes", async () => {
  const record: StoreRecord = { kind: "journal", run: "2026-11-22.a", entries: entries(10_000, 5) };
  const { sent } = await postponed(record);
  expect(sent.length).toBeGreaterThan(1);
  for (const { body } of sent) expect(body.length).toBeLessThan(1_000_000);
  const back = await Promise.all(sent.map(({ kind, body }) => readPostponed(kind, body)));
  expect(back.flatMap((part) => (part.kind === "journal" ? part.entries : []))).toEqual(record.entries);
  expect(new Set(back.map((part) => part.kind === "journal" && part.run))).toEqual(new Set(["2026-11-22.a"]));
});

test("outcomes in several messages are records of their own, so that none replaces another", async () => {
  const resources = entries(10_000, 2).map(({ type, account, region, id, value = "" }) => {
    return { type, account, region, id, outcome: "rejected", tags: [], message: value } as const;
  });
  const { sent } = await postponed({ kind: "outcomes", record: { id: "i1", at: 1, resources } });
  const back = await Promise.all(sent.map(({ kind, body }) => readPostponed(kind, body)));
  const records = back.flatMap((part) => (part.kind === "outcomes" ? [part.record] : []));
  expect(new Set(records.map(({ id }) => id)).size).toBe(sent.length);
  expect(sent.length).toBeGreaterThan(1);
  expect(records.flatMap((one) => one.resources)).toEqual(resources);
});

test.each([
  ["what is no record", "journal", "{}"],
  ["a record of another kind", "outcomes", undefined],
])("%s is refused", async (_, kind, body) => {
  const own = await postponed({ kind: "journal", run: "2026-11-22.a", entries: entries(1, 1) });
  await expect(readPostponed(kind, body ?? own.sent[0]?.body ?? "")).rejects.toThrow(
    /postponed record|holds no record/,
  );
});
