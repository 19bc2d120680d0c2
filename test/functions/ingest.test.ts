import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseEvent } from "../../lib/events/parse.ts";
import { composeIngest } from "../../lib/lambda/compose/ingest.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import type { LocalFunction } from "../../local/service/function-runtime.ts";
import { startDeployed } from "../fixtures/deployed-function.ts";
import { embeddedIngest, unhurriedIngest, type EmbeddedIngest } from "../fixtures/webhooks/embedded-ingest.ts";
import { alibabaRequest, CREATED, EVENT_SECRET, file, smnRequest } from "../fixtures/webhooks/signing.ts";
import { signedEvent, urlEvent } from "../fixtures/webhooks/url-event.ts";

let embedded: EmbeddedIngest;
let variables: EmbeddedIngest["variables"];

beforeAll(async () => {
  embedded = await embeddedIngest();
  ({ variables } = embedded);
});

afterAll(async () => embedded.close());

async function queued(): Promise<readonly string[]> {
  return (await queuedMessages()).map(({ body }) => body);
}

interface QueuedMessage {
  readonly body: string;
  readonly sender: string | undefined;
  /** Of all that stands beside the body. */
  readonly names: readonly string[];
}

async function queuedMessages(): Promise<readonly QueuedMessage[]> {
  const sqs = await createAwsClients(variables).sqs();
  const receive = new ReceiveMessageCommand({
    QueueUrl: embedded.queueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
  });
  const { Messages = [] } = await sqs.send(receive);
  return Messages.map(({ Body: body = "", MessageAttributes = {} }) => {
    return { body, sender: MessageAttributes["sender"]?.StringValue, names: Object.keys(MessageAttributes) };
  });
}

/** The function as it is deployed, which answers within a second or not at all: for requests that call nobody. */
const start = (): Promise<LocalFunction> => startDeployed("ingest", variables, 10);

describe("the function ingest", () => {
  it("puts a signed event on the queue, as the parser reads it, and refuses the same request then", async () => {
    const { receive } = await unhurriedIngest(variables);
    const event = signedEvent("msg_1");
    expect(await receive(event)).toMatchObject({ statusCode: 202, body: '{"accepted":1}' });
    const [{ body, sender } = { body: "", sender: undefined }] = await queuedMessages();
    expect(sender).toBe("signedEvents");
    expect(parseEvent(body)).toMatchObject({ kind: "created", resources: [{ id: "g1" }] });
    expect(await receive(event)).toMatchObject({ statusCode: 409 });
    expect(await queued()).toEqual([]);
  });

  it("lets nobody set what our own messages say of themselves, in a body, a header or a query", async () => {
    const names = ["postponed", "sendCount", "firstSentAt", "countedFrom", "part", "sender"];
    const attributes = Object.fromEntries(names.map((name) => [name, { DataType: "String", StringValue: "1" }]));
    const own = Object.fromEntries(names.map((name) => [name, "1"]));
    const lists = { messageAttributes: attributes, MessageAttributes: attributes };
    const event = signedEvent("msg_own", JSON.stringify({ ...JSON.parse(CREATED), ...own, ...lists }));
    const headers = names
      .flatMap((name) => [name, `x-amz-meta-${name}`, `x-amz-sqs-${name}`])
      .map((name) => [name, "1"]);
    const { receive } = await unhurriedIngest(variables);
    const rawQueryString = names.map((name) => `${name}=1&MessageAttribute.1.Name=${name}`).join("&");
    const said = { ...event, rawQueryString, headers: { ...Object.fromEntries(headers), ...event.headers } };
    expect(await receive(said)).toMatchObject({ statusCode: 202 });
    expect(await queuedMessages()).toMatchObject([{ names: ["sender"], sender: "signedEvents" }]);
  });

  it("remembers what it accepted across cold starts", async () => {
    const event = signedEvent("msg_2");
    expect(await (await unhurriedIngest(variables)).receive(event)).toMatchObject({ statusCode: 202 });
    await queued();
    expect(await (await unhurriedIngest(variables)).receive(event)).toMatchObject({ statusCode: 409 });
  });

  it("fails where the queue is gone, so that the sender sends it again", async () => {
    const gone = { ...variables, TAGWARDEN_ENFORCE_QUEUE_URL: `${embedded.queueUrl}-gone` };
    await expect((await unhurriedIngest(gone)).receive(signedEvent("msg_3"))).rejects.toThrow(
      /does not exist|NonExistent/i,
    );
    const { receive } = await unhurriedIngest(variables);
    expect(await receive(signedEvent("msg_3"))).toMatchObject({ statusCode: 202 });
    await queued();
  });

  it("fails where a secret is missing, and names the reference alone", async () => {
    const { EVENT_SECRET: _, ...rest } = variables;
    const { receive } = await unhurriedIngest(rest);
    await expect(receive(signedEvent("msg_4"))).rejects.toThrow(/credential "env:EVENT_SECRET".*not set/);
  });

  it("fails where a secret of Standard Webhooks is not base64, and doesn't repeat it", async () => {
    const { receive } = await unhurriedIngest({ ...variables, EVENT_SECRET: "whsec_c2VjcmV0LXNlY3JldC1zZWN-ZXQ" });
    await expect(receive(signedEvent("msg_6"))).rejects.toThrow(
      /^ingest: the secret "env:EVENT_SECRET".* is not base64\.$/,
    );
  });

  it("takes a secret that was replaced from the first request on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
    const [config, secrets] = [join(folder, "config.json"), join(folder, "secrets.json")];
    const reference = `file:${secrets}#events`;
    const document = { settleSeconds: 900, accounts: [], ingest: { signedEvents: { secrets: [reference] } } };
    writeFileSync(config, JSON.stringify(document));
    writeFileSync(secrets, JSON.stringify({ events: "what was there before" }));
    const { receive } = await unhurriedIngest({ ...variables, TAGWARDEN_CONFIG: config });
    const other = signedEvent("msg_7", CREATED, "what was there before");
    expect(await receive(other)).toMatchObject({ statusCode: 202 });
    writeFileSync(secrets, JSON.stringify({ events: EVENT_SECRET }));
    // What was read in this second is fresh.
    await setTimeout(1_100);
    expect(await receive(signedEvent("msg_8"))).toMatchObject({ statusCode: 202 });
    expect(await receive(signedEvent("msg_9", CREATED, "what was there before"))).toMatchObject({ statusCode: 401 });
    await queued();
    rmSync(folder, { recursive: true });
  });

  it.each(["", "short", "whsec_c2hvcnQgc2VjcmV0"])(
    "fails where a secret is %j, which anybody could guess",
    async (secret) => {
      const { receive } = await unhurriedIngest({ ...variables, EVENT_SECRET: secret });
      await expect(receive(signedEvent("msg_5"))).rejects.toThrow(/"env:EVENT_SECRET" is shorter than 16 characters/);
    },
  );

  it("has no path for a sender that isn't configured", async () => {
    const event = urlEvent("/huawei/eventgrid", [["x-tagwarden-secret", "x"]], Buffer.from(CREATED));
    expect(await (await start()).invoke(event)).toMatchObject({ statusCode: 404 });
  });

  it("names all missing variables at its cold start", async () => {
    await expect(composeIngest({})).rejects.toThrow(
      /TAGWARDEN_METRICS is missing; TAGWARDEN_CONFIG is missing; TAGWARDEN_TABLE is missing; TAGWARDEN_ENFORCE_QUEUE_URL is missing/,
    );
  });

  it("checks Alibaba's signature over the address that the configuration gives", async () => {
    const fetched: string[] = [];
    const { receive } = await unhurriedIngest(variables, async (url) => {
      fetched.push(url);
      return file("signing.pem");
    });
    const { headers, body } = alibabaRequest({ receivedAt: Date.now() });
    const event = urlEvent("/alibaba/eventbridge", headers, body, "stage=prod");
    expect(await receive(event)).toMatchObject({ statusCode: 202 });
    expect(await queued()).toEqual([CREATED]);
    const elsewhere = urlEvent("/alibaba/eventbridge", headers, body, "stage=dev");
    expect(await receive(elsewhere)).toMatchObject({ statusCode: 401 });
    expect(fetched).toHaveLength(1);
  });

  it("confirms a subscription of a configured topic", async () => {
    const fetched: string[] = [];
    const { receive } = await unhurriedIngest(variables, async (url) => {
      fetched.push(url);
      return file("signing.pem");
    });
    const { headers, body } = smnRequest({ type: "SubscriptionConfirmation" }, { receivedAt: Date.now() });
    expect(await receive(urlEvent("/huawei/smn", headers, body))).toMatchObject({ statusCode: 200 });
    expect(fetched.at(-1)).toBe("https://console.huaweicloud.com/smn/subscription/confirm?token=abc");
  });
});
