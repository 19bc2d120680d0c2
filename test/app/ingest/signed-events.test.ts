import { describe, expect, it } from "vitest";
import { signedEvents } from "../../../lib/app/ingest/signed-events.ts";
import type { WebhookRequest } from "../../../lib/app/ingest/webhook.ts";
import { changed, CREATED, EVENT_SECRET, NOW, signedRequest } from "../../fixtures/webhooks/signing.ts";

const OTHER_SECRET = `whsec_${Buffer.from("another secret of thirty-two byte").toString("base64")}`;

async function reasonOf(request: WebhookRequest, secrets: readonly string[] = [EVENT_SECRET]): Promise<string> {
  const admission = await signedEvents({ secrets: async () => secrets }).verify(request);
  return admission.kind === "refused" ? `${admission.status} ${admission.reason}` : admission.kind;
}

const seconds = (offset: number): string => String(NOW / 1000 + offset);
const signature = (request: WebhookRequest): string => request.headers.get("webhook-signature") ?? "";

describe("signed events", () => {
  it("are accepted, one to a request", async () => {
    const admission = await signedEvents({ secrets: async () => [EVENT_SECRET] }).verify(signedRequest());
    expect(admission).toMatchObject({ kind: "events", events: [CREATED] });
  });

  it("are accepted as a list, each for itself", async () => {
    const request = signedRequest({ body: `[${CREATED},${CREATED}]` });
    const admission = await signedEvents({ secrets: async () => [EVENT_SECRET] }).verify(request);
    expect(admission).toMatchObject({ kind: "events", events: [CREATED, CREATED] });
  });

  it("are accepted under either secret while it is being changed", async () => {
    expect(await reasonOf(signedRequest(), [OTHER_SECRET, EVENT_SECRET])).toBe("events");
  });

  it("are accepted with one good signature of several", async () => {
    const good = signedRequest();
    const both = `${signature(signedRequest({ secret: OTHER_SECRET }))} ${signature(good)}`;
    expect(await reasonOf(changed(good, { headers: { "webhook-signature": both } }))).toBe("events");
  });

  it("are accepted under a secret that is plain text", async () => {
    const secret = Buffer.from("a plain secret").toString("base64");
    expect(await reasonOf(signedRequest({ secret }), ["a plain secret"])).toBe("events");
  });

  it("escape the two code points that SQS refuses", async () => {
    const body = JSON.stringify({ specversion: "1.0", text: "a\uFFFEb\uFFFF" });
    const admission = await signedEvents({ secrets: async () => [EVENT_SECRET] }).verify(signedRequest({ body }));
    const [event = ""] = admission.kind === "events" ? admission.events : [];
    expect(event).not.toMatch(/[\uFFFE\uFFFF]/);
    expect(JSON.parse(event)).toEqual(JSON.parse(body));
  });

  const genuine = signedRequest();
  const header = (name: string, value: string | undefined) => changed(genuine, { headers: { [name]: value } });
  it.each([
    ["signed with another secret", signedRequest({ secret: OTHER_SECRET }), "401 signature-wrong"],
    ["with another body", changed(genuine, { body: CREATED.replace("g1", "g2") }), "401 signature-wrong"],
    ["with another id", header("webhook-id", "msg_other"), "401 signature-wrong"],
    ["with another time", header("webhook-timestamp", seconds(-2)), "401 signature-wrong"],
    ["whose signature is cut", header("webhook-signature", "v1,AAAA"), "401 signature-wrong"],
    ["without a signature", header("webhook-signature", undefined), "401 unsigned"],
    ["whose signature is no base64", header("webhook-signature", "v1,%%%%"), "401 signature-malformed"],
    [
      "with nine signatures",
      header("webhook-signature", Array(9).fill("v1,AAAA").join(" ")),
      "401 signature-malformed",
    ],
    ["of an asymmetric version", header("webhook-signature", "v1a,AAAA"), "401 signature-version"],
    ["without an id", header("webhook-id", undefined), "401 id-malformed"],
    ["with a dot in the id", signedRequest({ id: "msg.1" }), "401 id-malformed"],
    ["with an endless id", signedRequest({ id: "a".repeat(257) }), "401 id-malformed"],
    ["without a time", header("webhook-timestamp", undefined), "401 timestamp-malformed"],
    ["with a time that is none", signedRequest({ seconds: "1e9" }), "401 timestamp-malformed"],
    ["signed 301 seconds ago", signedRequest({ seconds: seconds(-301) }), "401 stale"],
    ["signed 301 seconds ahead", signedRequest({ seconds: seconds(301) }), "401 stale"],
    ["that are no JSON", signedRequest({ body: "{" }), "400 no-event"],
    ["that are a list of numbers", signedRequest({ body: "[1]" }), "400 no-event"],
    [
      "that are nested beyond use",
      signedRequest({ body: `[${'{"a":'.repeat(9e4)}1${"}".repeat(9e4)}]` }),
      "400 no-event",
    ],
    ["that are a hundred and one", signedRequest({ body: `[${Array(101).fill("{}").join(",")}]` }), "400 no-event"],
  ])("%s are refused", async (_, request, reason) => {
    expect(await reasonOf(request)).toBe(reason);
  });
});
