import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "tagwarden-test-"));

/** The embedded services on a folder, and a queue `work` that gives up on a message after two receives. */
async function open(dataDir: string) {
  const aws = await startEmbeddedAws({ dataDir });
  const sqs = new SQSClient({
    region: aws.region,
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    sqs.destroy();
    await aws.close();
  };
  onTestFinished(close);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(aws, "dead"), maxReceiveCount: 2 });
  await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
  await sqs.send(
    new CreateQueueCommand({ QueueName: "work", Attributes: { VisibilityTimeout: "600", RedrivePolicy } }),
  );
  return { aws, sqs, close, QueueUrl: aws.queueUrl("work") };
}

const arnOf = (aws: EmbeddedAws, queue: string): string => `arn:aws:sqs:${aws.region}:${aws.account}:${queue}`;

type Opened = Awaited<ReturnType<typeof open>>;

const send = ({ sqs, QueueUrl }: Opened, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

async function receive({ sqs, aws }: Opened, queue = "work") {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: aws.queueUrl(queue), MessageSystemAttributeNames: ["All"] }),
  );
  return messages[0];
}

describe("queues that are kept in a folder", () => {
  it("keep a message that is made visible at once", async () => {
    const opened = await open(folder());
    await send(opened, "again, please");
    const { ReceiptHandle } = (await receive(opened)) ?? {};
    const { sqs, QueueUrl } = opened;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    expect(await receive(opened)).toMatchObject({ Body: "again, please" });
  });

  it("bring back at once what was in hand when the process ended, and count no receive for it", async () => {
    const dataDir = folder();
    const first = await open(dataDir);
    await send(first, "in hand");
    await receive(first);
    await first.close();
    const message = await receive(await open(dataDir));
    expect(message).toMatchObject({ Body: "in hand", Attributes: { ApproximateReceiveCount: "1" } });
  });

  it("have a message deleted for good when they said so", async () => {
    const dataDir = folder();
    const first = await open(dataDir);
    await send(first, "done");
    const { ReceiptHandle } = (await receive(first)) ?? {};
    await first.sqs.send(new DeleteMessageCommand({ QueueUrl: first.QueueUrl, ReceiptHandle }));
    await first.close();
    expect(await receive(await open(dataDir))).toBeUndefined();
  });

  it("hold a message in one queue, and in one only, when it has become a dead letter", async () => {
    const dataDir = folder();
    const opened = await open(dataDir);
    await send(opened, "poison");
    for (let times = 0; times < 2; times += 1) {
      const { ReceiptHandle } = (await receive(opened)) ?? {};
      const { sqs, QueueUrl } = opened;
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
    const seen = watchMessages(dataDir);
    expect(await receive(opened)).toBeUndefined();
    expect(await receive(opened, "dead")).toMatchObject({ Body: "poison" });
    expect(seen()).toEqual(["dead"]);
  });
});

/** The queue that each message is in, as another process would find it in the file. */
function watchMessages(dataDir: string): () => unknown[] {
  const file = new DatabaseSync(join(dataDir, "queues", "fauxqs.db"), { readOnly: true });
  onTestFinished(() => file.close());
  return () =>
    file
      .prepare("SELECT queue_name FROM sqs_messages")
      .all()
      .map((row) => row["queue_name"]);
}
