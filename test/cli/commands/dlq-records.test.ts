import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import type { StoreRecord } from "../../../lib/app/ports/store-records.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { POSTPONED } from "../../../lib/app/ports/store-records.ts";
import { readPostponed, sqsPostponed } from "../../../lib/lambda/sqs/postponed.ts";
import { useQueues } from "./dead-letter-queues.ts";

const { aws, queues } = useQueues();

const RECORD: StoreRecord = {
  kind: "journal",
  run: "2026-11-22.a",
  entries: [
    {
      type: "huawei:iam:user",
      account: "d0001",
      region: "global",
      id: "u1",
      key: "env",
      value: "dev",
      at: "2026-11-22T12:00:00.000Z",
    },
  ],
};

/** What enforcement could not keep within a day, as its dead-letter queue has it. */
async function bury(): Promise<void> {
  const { sqs } = createAwsClients(aws().variables);
  const bodies: string[] = [];
  const client: typeof sqs = async () => {
    const own = await sqs();
    return Object.assign(Object.create(own) as typeof own, {
      send: async ({ input }: { readonly input: { readonly MessageBody: string } }) =>
        void bodies.push(input.MessageBody),
    });
  };
  await sqsPostponed({ client, queueUrl: "" })(RECORD);
  for (const body of bodies) {
    await queues().put("EnforceDeadLetters", body, {
      [POSTPONED]: "journal",
      reason: "S3 is down",
      failedIn: "enforce",
    });
  }
}

test("dlq list says what a record of ours is, and dlq show prints what it holds", async () => {
  await bury();
  const [letter] = (await queues().dlq(["list"])).value().letters;
  expect(letter).toMatchObject({ about: "what a run wrote, to be put into the journal", reason: "S3 is down" });
  const shown = await queues().dlq(["show", letter?.["id"] ?? ""]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ record: RECORD });
});

test("dlq redrive sends it back as one of ours, without why it was dead", async () => {
  await bury();
  expect(await queues().dlq(["redrive", "--all", "--apply"])).toMatchObject({ code: 0 });
  const sqs = await createAwsClients(aws().variables).sqs();
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: await queues().urlOf("EnforceQueue"), MessageAttributeNames: ["All"] }),
  );
  const [{ Body = "", MessageAttributes = {} } = {}] = Messages;
  expect(MessageAttributes[POSTPONED]?.StringValue).toBe("journal");
  expect(MessageAttributes).not.toHaveProperty("reason");
  expect(await readPostponed("journal", Body)).toEqual(RECORD);
});

test("dlq show prints what can't be unpacked as it is, since that is why it is dead", async () => {
  const reason = "can't be read: a postponed record can't be unpacked";
  await queues().put("EnforceDeadLetters", "cut o", { [POSTPONED]: "journal", reason });
  const [letter] = (await queues().dlq(["list"])).value().letters;
  const { code, stdout } = await queues().dlq(["show", letter?.["id"] ?? ""]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ reason, body: "cut o" });
  expect(stdout).not.toContain('"record"');
});

test("dlq redrive sends back the part of a large event that a letter is about, and no more", async () => {
  await queues().put("EnforceDeadLetters", "an event", { part: "3-4", reason: "Forbidden" });
  expect(await queues().dlq(["redrive", "--all", "--apply"])).toMatchObject({ code: 0 });
  expect(await queues().attributesOn("EnforceQueue")).toMatchObject([{ part: "3-4" }]);
});
