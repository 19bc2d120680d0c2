import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeIngest, INGEST_LIMITS } from "../../lib/lambda/compose/ingest.ts";
import {
  embeddedIngest,
  UNHURRIED,
  unhurriedIngest,
  type EmbeddedIngest,
} from "../fixtures/webhooks/embedded-ingest.ts";
import { alibabaRequest } from "../fixtures/webhooks/signing.ts";
import { signedEvent, urlEvent } from "../fixtures/webhooks/url-event.ts";

let embedded: EmbeddedIngest;
let variables: EmbeddedIngest["variables"];
let mute: Server;
let muteUrl: string;

beforeAll(async () => {
  embedded = await embeddedIngest();
  ({ variables } = embedded);
  // Takes connections, and never says a word.
  mute = createServer((socket) => socket.on("error", () => socket.destroy()));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  muteUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
});
afterAll(async () => {
  mute.close();
  await embedded.close();
});

/** The AWS SDK's own limits come to minutes, so that each of these would outlast its test. */
describe("the function ingest answers in time", () => {
  it("with a failure where the queue says nothing, so that the sender sends it again", async () => {
    const { receive } = await composeIngest({ ...variables, AWS_ENDPOINT_URL_SQS: muteUrl });
    await expect(receive(signedEvent("late_1"))).rejects.toThrow(/requestTimeout|no answer within 900 ms/);
    const again = await unhurriedIngest(variables);
    expect(await again.receive(signedEvent("late_1"))).toMatchObject({ statusCode: 202 });
  });

  it("with success where the memory of accepted requests says nothing", async () => {
    const muted = { ...variables, AWS_ENDPOINT_URL_DYNAMODB: muteUrl };
    const { nonces } = INGEST_LIMITS;
    const { receive } = await composeIngest(muted, undefined, { ...UNHURRIED, nonces });
    expect(await receive(signedEvent("late_2"))).toMatchObject({ statusCode: 202 });
  });

  it("with a failure where a certificate never comes", async () => {
    const { receive } = await composeIngest(variables, () => new Promise(() => {}));
    const { headers, body } = alibabaRequest({ receivedAt: Date.now() });
    const event = urlEvent("/alibaba/eventbridge", headers, body, "stage=prod");
    await expect(receive(event)).rejects.toThrow(/no answer within 900 ms/);
  });
});
