import { readFileSync } from "node:fs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { compress } from "../../lib/sinks/objects/gzip.ts";
import { objectJournal } from "../../lib/sinks/objects/journal.ts";
import { objectOutcomes } from "../../lib/sinks/objects/outcomes.ts";
import { s3Objects } from "../../lib/sinks/objects/s3.ts";
import { POSTPONED } from "../../lib/app/ports/store-records.ts";
import { composeCreatedEvent } from "../../local/compose-events/compose.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { type LocalFunction } from "../../local/service/function-runtime.ts";
import {
  ENV_POLICY,
  functionVariables,
  makeResources,
  settingsOf,
  startDeployed,
} from "../fixtures/deployed-function.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { createGate, type Gate } from "../local/run/store-gate.ts";

const PLACE = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };

let aws: EmbeddedAws;
let emulator: Emulator;
let gates: { readonly s3: Gate; readonly dynamodb: Gate };
let clients: ReturnType<typeof createAwsClients>;
let queueUrl: string;
let queues = 0;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  emulator = await startEmulator({ accounts: ["alibaba:111122223333"] });
  clients = createAwsClients(aws.variables);
  await makeResources(aws, []);
  gates = { s3: await createGate(), dynamodb: await createGate() };
  gates.s3.target = aws.endpoint;
  gates.dynamodb.target = aws.dynamodbEndpoint;
});
afterAll(async () => {
  await Promise.all([gates.s3.shut(), gates.dynamodb.shut()]);
  await emulator.close();
  await aws.close();
});
beforeEach(async () => {
  const created = await (await clients.sqs()).send(new CreateQueueCommand({ QueueName: `enforce-${(queues += 1)}` }));
  queueUrl = created.QueueUrl ?? "";
});

/** Without a place for its settings they are in the package. */
async function start(settingsAt?: string): Promise<LocalFunction> {
  const settings = settingsOf(ENV_POLICY, emulator.config());
  if (settingsAt !== undefined) {
    const s3 = await clients.s3();
    for (const [name, path] of [["policies", settings.policies] as const, ["config", settings.config] as const]) {
      const Body = readFileSync(path);
      await s3.send(new PutObjectCommand({ Bucket: "reports", Key: `${settingsAt}/${name}.json`, Body }));
    }
  }
  const at = (name: "policies" | "config") =>
    settingsAt === undefined ? settings[name] : `s3://reports/${settingsAt}/${name}.json`;
  const environment = functionVariables(
    aws,
    { policies: at("policies"), config: at("config") },
    {
      AWS_ENDPOINT_URL_S3: gates.s3.origin,
      AWS_ENDPOINT_URL_DYNAMODB: gates.dynamodb.origin,
      TAGWARDEN_ENFORCE_QUEUE_URL: queueUrl,
      TAGWARDEN_WAIT_HOURS: "24",
    },
  );
  return startDeployed("enforce", environment);
}

const created = (id: string): string => composeCreatedEvent({ ...PLACE, id }, { at: Date.now() - 60_000 });
const tagsOf = (id: string) => emulator.world.get({ ...PLACE, id })?.tags;

/** The ids of the messages that it didn't acknowledge. */
async function failuresOf(enforce: LocalFunction, Records: readonly SQSRecord[]): Promise<string[]> {
  const answer = (await enforce.invoke({ Records })) as SQSBatchResponse;
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** What is on the queue when its delays are over, as Lambda would hand it on. */
async function queued(count: number): Promise<SQSRecord[]> {
  const sqs = await clients.sqs();
  const records: SQSRecord[] = [];
  for (const end = Date.now() + 20_000; records.length < count && Date.now() < end;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
      }),
    );
    for (const { MessageId = "", Body = "", MessageAttributes = {}, ReceiptHandle } of Messages) {
      const attributes = Object.entries(MessageAttributes).map(([name, { DataType = "", StringValue = "" }]) => [
        name,
        { dataType: DataType, stringValue: StringValue },
      ]);
      records.push({ ...sqsRecord(MessageId, Body), messageAttributes: Object.fromEntries(attributes) as never });
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
  return records;
}

async function journaled(id: string): Promise<string[]> {
  const journal = objectJournal(s3Objects({ client: clients.s3, bucket: "reports", prefix: "journal/" }));
  const found: string[] = [];
  for (const run of await journal.runs()) {
    found.push(...((await journal.read(run)) ?? []).filter((one) => one.id === id).map(({ key }) => key));
  }
  return found;
}

async function outcomesOf(id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { resources } of objectOutcomes(s3Objects({ client: clients.s3, bucket: "reports" })).read()) {
    found.push(...resources.filter((one) => one.id === id).map(({ outcome }) => outcome));
  }
  return found;
}

test("without S3 it tags, and what it wrote is journaled and recorded when S3 is back, once", async () => {
  emulator.world.create({ ...PLACE, id: "g-s3" });
  const enforce = await start();
  await gates.s3.shut();
  expect(await failuresOf(enforce, [sqsRecord("m0", created("g-s3"))])).toEqual([]);
  expect(tagsOf("g-s3")).toEqual({ env: "dev" });
  await gates.s3.open();
  expect(await journaled("g-s3")).toEqual([]);
  const records = await queued(2);
  expect(records.map(({ messageAttributes }) => messageAttributes[POSTPONED]?.stringValue ?? "").toSorted()).toEqual([
    "journal",
    "outcomes",
  ]);
  // The queue may deliver it twice.
  const another = await start();
  for (const one of [enforce, another]) expect(await failuresOf(one, records)).toEqual([]);
  expect(await journaled("g-s3")).toEqual(["env"]);
  expect(await outcomesOf("g-s3")).toEqual(["tagged"]);
}, 60_000);

test("without DynamoDB it writes nothing, and the message comes back", async () => {
  emulator.world.create({ ...PLACE, id: "g-dynamo" });
  const enforce = await start();
  await gates.dynamodb.shut();
  expect(await failuresOf(enforce, [sqsRecord("m0", created("g-dynamo"))])).toEqual([]);
  expect(tagsOf("g-dynamo")).toEqual({});
  await gates.dynamodb.open();
  const [again] = await queued(1);
  expect(await failuresOf(enforce, again === undefined ? [] : [again])).toEqual([]);
  expect(tagsOf("g-dynamo")).toEqual({ env: "dev" });
  expect(await outcomesOf("g-dynamo")).toEqual(["redelivered", "tagged"]);
}, 60_000);

test("takes no body for a record of ours without the attribute", async () => {
  const entry = { ...PLACE, id: "g-forged", key: "env", value: "dev", at: "2026-11-22T12:00:00.000Z" };
  const record = { kind: "journal", run: "2026-11-22.forged", entries: [entry] };
  const body = Buffer.from(await compress(JSON.stringify(record))).toString("base64");
  expect(await failuresOf(await start(), [sqsRecord("forged", body)])).toEqual(["forged"]);
  expect(await journaled("g-forged")).toEqual([]);
});

test("starts without the bucket that its settings are in, and its messages come back until it can read them", async () => {
  emulator.world.create({ ...PLACE, id: "g-cold" });
  await gates.s3.shut();
  const cold = await start("settings");
  expect(await failuresOf(cold, [sqsRecord("m0", created("g-cold"))])).toEqual([]);
  expect(tagsOf("g-cold")).toEqual({});
  await gates.s3.open();
  const [again] = await queued(1);
  expect(again?.messageAttributes["sendCount"]?.stringValue).toBe("1");
  expect(await failuresOf(cold, again === undefined ? [] : [again])).toEqual([]);
  expect(tagsOf("g-cold")).toEqual({ env: "dev" });
}, 60_000);
