import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/core/config-schema.ts";
import { createAwsClients } from "../../lib/lambda/aws-clients.ts";
import { composeIngest } from "../../lib/lambda/compose-ingest.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/embedded-aws.ts";
import { createStateTable } from "../fixtures/state-table.ts";
import { ALIBABA_TOKEN, alibabaRequest, EVENT_SECRET } from "../fixtures/webhooks/signing.ts";
import { signedEvent, urlEvent } from "../fixtures/webhooks/url-event.ts";

const CONFIG = `
accounts:
  - { provider: aws, account: "444455556666", regions: [us-east-1] }
ingest:
  url: https://hooks.example.com
  alibabaEventBridge: { tokens: ["env:ALIBABA_TOKEN"] }
  signedEvents: { secrets: ["env:EVENT_SECRET"] }
`;

let aws: EmbeddedAws;
let mute: Server;
let muteUrl: string;
let variables: Record<string, string>;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  const clients = createAwsClients(aws.variables);
  const { QueueUrl = "" } = await (await clients.sqs()).send(new CreateQueueCommand({ QueueName: "enforce" }));
  await createStateTable(clients.dynamodb());
  const config = join(mkdtempSync(join(tmpdir(), "tagwarden-ingest-")), "config.json");
  writeFileSync(config, JSON.stringify(parseConfig("config.yaml", CONFIG)));
  // Takes connections, and never says a word.
  mute = createServer((socket) => socket.on("error", () => socket.destroy()));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  muteUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  variables = {
    ...aws.variables,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
    TAGWARDEN_CONFIG: config,
    TAGWARDEN_TABLE: "state",
    TAGWARDEN_ENFORCE_QUEUE_URL: QueueUrl,
    ALIBABA_TOKEN,
    EVENT_SECRET,
  };
});
afterAll(async () => {
  mute.close();
  await aws.close();
});

/** The AWS SDK's own limits come to minutes, so that each of these would outlast its test. */
describe("the function ingest answers in time", () => {
  it("with a failure where the queue says nothing, so that the sender sends it again", async () => {
    const { receive } = await composeIngest({ ...variables, AWS_ENDPOINT_URL_SQS: muteUrl });
    await expect(receive(signedEvent("late_1"))).rejects.toThrow(/requestTimeout|no answer within 900 ms/);
    const again = await composeIngest(variables);
    expect(await again.receive(signedEvent("late_1"))).toMatchObject({ statusCode: 202 });
  });

  it("with success where the memory of accepted requests says nothing", async () => {
    const { receive } = await composeIngest({ ...variables, AWS_ENDPOINT_URL_DYNAMODB: muteUrl });
    expect(await receive(signedEvent("late_2"))).toMatchObject({ statusCode: 202 });
  });

  it("with a failure where a certificate never comes", async () => {
    const { receive } = await composeIngest(variables, () => new Promise(() => {}));
    const { headers, body } = alibabaRequest({ receivedAt: Date.now() });
    const event = urlEvent("/alibaba/eventbridge", headers, body, "stage=prod");
    await expect(receive(event)).rejects.toThrow(/no answer within 900 ms/);
  });
});
