import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { LambdaFunctionURLEvent, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AlertMessage } from "../../lib/app/ports/alerts.ts";
import type { WebhookRequest } from "../../lib/app/ingest/webhook.ts";
import { WEBHOOK_SENDERS, type WebhookSender } from "../../lib/core/config/sender.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { composeEnforce } from "../../lib/lambda/compose/enforce.ts";
import type { IngestFunction } from "../../lib/lambda/compose/ingest.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import { composeCreatedEvent } from "../../local/compose-events/compose.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { ENV_POLICY, functionVariables, makeResources, settingsOf } from "../fixtures/deployed-function.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { unhurriedIngest } from "../fixtures/webhooks/embedded-ingest.ts";
import {
  ALIBABA_TOKEN,
  alibabaRequest,
  EVENT_SECRET,
  file,
  SMN_TOPIC,
  smnRequest,
} from "../fixtures/webhooks/signing.ts";
import { signedEvent, urlEvent } from "../fixtures/webhooks/url-event.ts";

const GRID_SECRET = "0123456789abcdef-grid";

const ACCOUNTS = {
  "alibaba 1": { type: "alibaba:apigateway:apiGroup", account: "1000000000000001", region: "cn-hangzhou" },
  "alibaba 2": { type: "alibaba:apigateway:apiGroup", account: "1000000000000002", region: "cn-hangzhou" },
  "huawei 1": { type: "huawei:iam:user", account: "d0000000000000000000000000000001", region: "global" },
  "huawei 2": { type: "huawei:iam:user", account: "d0000000000000000000000000000002", region: "global" },
  "aws 1": { type: "aws:sqs:queue", account: "111111111111", region: "us-east-1" },
  "aws 2": { type: "aws:sqs:queue", account: "222222222222", region: "us-east-1" },
} as const;
type Place = keyof typeof ACCOUNTS;
const PLACES = Object.keys(ACCOUNTS) as Place[];

/** The one account of each sender, by its own `accounts`. */
const OWN: Readonly<Record<WebhookSender, Place>> = {
  alibabaEventBridge: "alibaba 1",
  huaweiSmn: "huawei 1",
  huaweiEventGrid: "huawei 2",
  signedEvents: "aws 1",
};

let aws: EmbeddedAws;
let emulator: Emulator;
let ingest: IngestFunction;
let deliver: (records: SQSRecord[]) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  emulator = await startEmulator({
    accounts: Object.values(ACCOUNTS).map(({ type, account }) => `${type.split(":")[0]}:${account}`),
  });
  await makeResources(aws, ["enforce", "dead", "alert"]);
  const accounts = (sender: WebhookSender) => [ACCOUNTS[OWN[sender]].account];
  const settings = settingsOf(ENV_POLICY, emulator.config(), {
    ingest: {
      url: "https://hooks.example.com",
      alibabaEventBridge: { tokens: ["env:ALIBABA_TOKEN"], accounts: accounts("alibabaEventBridge") },
      huaweiSmn: { topics: [SMN_TOPIC], accounts: accounts("huaweiSmn") },
      huaweiEventGrid: { secrets: ["env:GRID_SECRET"], accounts: accounts("huaweiEventGrid") },
      signedEvents: { secrets: ["env:EVENT_SECRET"], accounts: accounts("signedEvents") },
    },
    alerts: {
      channels: [{ name: "hook", type: "webhook", url: "env:ALERT_URL", secret: "env:ALERT_SECRET" }],
      fallback: ["hook"],
    },
  });
  const variables = functionVariables(aws, settings, {
    TAGWARDEN_ENFORCE_QUEUE_URL: aws.queueUrl("enforce"),
    TAGWARDEN_DEAD_LETTERS_URL: aws.queueUrl("dead"),
    TAGWARDEN_ALERT_QUEUE_URL: aws.queueUrl("alert"),
    ALIBABA_TOKEN,
    EVENT_SECRET,
    GRID_SECRET,
  });
  ingest = await unhurriedIngest(variables, async () => file("signing.pem"));
  const { parseResourceCreated, enforce, batch } = await composeEnforce(variables);
  const handle = sqsBatch(parseResourceCreated, enforce, batch);
  deliver = (Records) => handle({ Records }, { getRemainingTimeInMillis: () => 60_000 });
});

afterAll(async () => {
  await emulator.close();
  await aws.close();
});

let requests = 0;

const urlEventOf = ({ path, headers, body, url }: WebhookRequest) =>
  urlEvent(path, headers, body, new URL(url).search.slice(1));

/** The same event as each sender's own request carries it, signed as it signs. */
const REQUESTS: Readonly<Record<WebhookSender, (body: string) => LambdaFunctionURLEvent>> = {
  alibabaEventBridge: (body) => urlEventOf(alibabaRequest({ body, receivedAt: Date.now() })),
  huaweiSmn: (message) => urlEventOf(smnRequest({ message, message_id: `m${requests}` }, { receivedAt: Date.now() })),
  huaweiEventGrid: (body) =>
    urlEvent("/huawei/eventgrid", new Map([["x-tagwarden-secret", GRID_SECRET]]), Buffer.from(body)),
  signedEvents: (body) => signedEvent(`msg_${requests}`, body),
};

interface QueuedMessage {
  readonly body: string;
  readonly attributes: ReadonlyMap<string, string>;
}

async function take(queue: string): Promise<QueuedMessage[]> {
  const sqs = await createAwsClients(aws.variables).sqs();
  const QueueUrl = aws.queueUrl(queue);
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] });
  const { Messages = [] } = await sqs.send(receive);
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body: body = "", MessageAttributes = {} }) => ({
    body,
    attributes: new Map(Object.entries(MessageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue])),
  }));
}

function recordOf({ body, attributes }: QueuedMessage): SQSRecord {
  const texts = [...attributes].map(([name, stringValue]) => [name, { stringValue, dataType: "String" }] as const);
  return { ...sqsRecord("m1", body), messageAttributes: Object.fromEntries(texts) };
}

function resourceIn(place: Place, name: string): ResourceRef {
  const where = ACCOUNTS[place];
  const id = where.type === "aws:sqs:queue" ? `arn:aws:sqs:${where.region}:${where.account}:${name}` : name;
  return { ...where, id };
}

describe.each(WEBHOOK_SENDERS)("%s", (sender) => {
  it.each(PLACES)("tells of its own account alone (%s)", async (place) => {
    requests += 1;
    const resource = resourceIn(place, `made${requests}`);
    emulator.world.create(resource);
    const body = composeCreatedEvent(resource, { at: Date.now() - 60_000 });
    expect(await ingest.receive(REQUESTS[sender](body))).toMatchObject({ statusCode: 202 });
    const [message] = await take("enforce");
    if (message === undefined) throw new Error("nothing came to the queue");
    expect(await deliver([recordOf(message)])).toEqual({ batchItemFailures: [] });

    const isOwn = place === OWN[sender];
    expect(emulator.world.get(resource)?.tags).toEqual(isOwn ? { env: "dev" } : {});
    const letters = await take("dead");
    const alerts = (await take("alert")).map((one) => JSON.parse(one.body) as AlertMessage);
    if (isOwn) {
      expect({ letters, alerts }).toEqual({ letters: [], alerts: [] });
      return;
    }
    expect(letters).toMatchObject([{ body: message.body }]);
    expect(letters[0]?.attributes.get("reason")).toMatch(/may tell of|doesn't name account/);
    expect(alerts).toMatchObject([{ kind: "raised", alerts: [{ kind: "foreign", scope: `ingest.${sender}` }] }]);
  });
});

it("an event of one account's bus tells of no other account's resources", async () => {
  const resource = resourceIn("aws 2", "victim");
  emulator.world.create(resource);
  const event = JSON.parse(composeCreatedEvent(resource, { at: Date.now() - 60_000 })) as object;
  const body = JSON.stringify({ ...event, account: ACCOUNTS["aws 1"].account });
  expect(await deliver([sqsRecord("m1", body)])).toEqual({ batchItemFailures: [] });
  expect(emulator.world.get(resource)?.tags).toEqual({});
  const [letter] = await take("dead");
  expect(letter?.attributes.get("reason")).toMatch(/account 111111111111's.*of account 222222222222/);
  const [alert] = await take("alert");
  expect(JSON.parse(alert?.body ?? "{}")).toMatchObject({ alerts: [{ kind: "foreign" }] });
});
