import { describe, expect, it } from "vitest";
import { certificateKeys } from "../../../lib/app/ingest/certificates.ts";
import { huaweiSmn } from "../../../lib/app/ingest/huawei-smn.ts";
import type { Admission, WebhookRequest } from "../../../lib/app/ingest/webhook.ts";
import { changed, CREATED, file, SMN_CERTIFICATE, SMN_TOPIC, smnRequest } from "../../fixtures/webhooks/signing.ts";

async function examine(request: WebhookRequest): Promise<{ admission: Admission; fetched: readonly string[] }> {
  const fetched: string[] = [];
  const certificates = certificateKeys(async (url) => {
    fetched.push(url);
    return file("signing.pem");
  });
  return { admission: await huaweiSmn({ topics: [SMN_TOPIC], certificates }).verify(request), fetched };
}

async function reasonOf(request: WebhookRequest): Promise<string> {
  const { admission } = await examine(request);
  return admission.kind === "refused" ? `${admission.status} ${admission.reason}` : admission.kind;
}

function withField(name: string, value: unknown): WebhookRequest {
  const request = smnRequest();
  const message: Record<string, unknown> = JSON.parse(Buffer.from(request.body).toString("utf8"));
  return changed(request, { body: JSON.stringify({ ...message, [name]: value }) });
}

describe("a message of Huawei Cloud SMN", () => {
  it("is accepted with its text as the event", async () => {
    const { admission, fetched } = await examine(smnRequest());
    expect(admission).toMatchObject({ kind: "events", events: [CREATED] });
    expect(fetched).toEqual([SMN_CERTIFICATE]);
  });

  it.each([[undefined], [""]])("is accepted with the subject %j, which is not signed then", async (subject) => {
    expect(await reasonOf(smnRequest({ subject }))).toBe("events");
  });

  it("asks for a confirmation of its subscription", async () => {
    expect(
      (await examine(smnRequest({ type: "SubscriptionConfirmation", message: "You are invited" }))).admission,
    ).toEqual({
      kind: "confirm",
      url: "https://console.huaweicloud.com/smn/subscription/confirm?token=abc",
    });
  });

  it("may confirm at SMN's own host in the topic's region", async () => {
    const subscribe_url = "https://smn.cn-north-4.myhuaweicloud.com/smn/subscription/confirm?token=abc";
    const request = smnRequest({ type: "SubscriptionConfirmation", subscribe_url });
    expect(await reasonOf(request)).toBe("confirm");
  });

  it("says nothing where a subscription was ended", async () => {
    expect(await reasonOf(smnRequest({ type: "UnsubscribeConfirmation" }))).toBe("ignored");
  });

  const hostile: readonly (readonly [string, WebhookRequest, string])[] = [
    ["signed by another key", smnRequest({}, { key: "other.key.pem" }), "401 signature-wrong"],
    ["with another text", withField("message", "{}"), "401 signature-wrong"],
    ["with another id", withField("message_id", "0000"), "401 signature-wrong"],
    ["with another subject", withField("subject", "OBS"), "401 signature-wrong"],
    ["with another time", withField("timestamp", "2026-11-22T04:59:59Z"), "401 signature-wrong"],
    ["that calls itself a confirmation", withField("type", "UnsubscribeConfirmation"), "401 signature-wrong"],
    ["without a signature", withField("signature", undefined), "401 unsigned"],
    ["whose signature is a number", withField("signature", 42), "401 unsigned"],
    ["whose signature is no base64", withField("signature", "§"), "401 signature-malformed"],
    ["of another version", smnRequest({ signature_version: "v2" }), "401 signature-version"],
    [
      "of another topic",
      smnRequest({ topic_urn: "urn:smn:cn-north-4:ffffffffffffffffffffffffffffffff:tagwarden" }),
      "403 topic-unknown",
    ],
    ["without a topic", withField("topic_urn", undefined), "403 topic-unknown"],
    ["published 16 minutes ago", smnRequest({ timestamp: "2026-11-22T04:44:00Z" }), "401 stale"],
    ["published in the future", smnRequest({ timestamp: "2026-11-22T05:16:00Z" }), "401 stale"],
    ["with a time in words", smnRequest({ timestamp: "Sun Nov 22 2026" }), "401 timestamp-malformed"],
    ["with a line break in its id", smnRequest({ message_id: "a\nb" }), "401 field-malformed"],
    ["with a line break in its subject", smnRequest({ subject: "a\ntimestamp" }), "401 field-malformed"],
    ["of an unknown type", withField("type", "Notice"), "400 type-unknown"],
    ["without a type", withField("type", undefined), "400 type-unknown"],
    ["that is a list", changed(smnRequest(), { body: "[]" }), "400 no-message"],
    ["that is cut", changed(smnRequest(), { body: smnRequest().body.subarray(0, 100) }), "400 no-message"],
    ["whose text is prose", smnRequest({ message: "A bucket was created" }), "400 no-event"],
  ];
  it.each(hostile)("%s is refused", async (_, request, reason) => {
    expect(await reasonOf(request)).toBe(reason);
  });

  it.each([
    ["of another region", SMN_CERTIFICATE.replaceAll("cn-north-4", "cn-north-1")],
    ["over http", SMN_CERTIFICATE.replace("https", "http")],
    ["at a port", SMN_CERTIFICATE.replace(".com/", ".com:8443/")],
    ["with a user", SMN_CERTIFICATE.replace("https://", "https://a:b@")],
    ["at a look-alike", SMN_CERTIFICATE.replace("myhuaweicloud.com", "myhuaweicloud.com.example.com")],
    ["whose dots are other letters", SMN_CERTIFICATE.replace("smn.cn-north-4.", "smnxcn-north-4.")],
    ["at another service", SMN_CERTIFICATE.replace("smn.", "obs.")],
    ["in another folder", SMN_CERTIFICATE.replace("/smn/", "/uploads/")],
    ["deeper in the folder", SMN_CERTIFICATE.replace("/smn/", "/smn/uploads/")],
    ["by way of another folder", SMN_CERTIFICATE.replace("/smn/", "/uploads/../smn/")],
    ["of another name", SMN_CERTIFICATE.replace("SMN_", "OBS_")],
    ["of another kind", SMN_CERTIFICATE.replace(".pem", ".txt")],
    ["with a query", `${SMN_CERTIFICATE}?redirect=https://evil.example.com/a.pem`],
    ["with a fragment", `${SMN_CERTIFICATE}#.pem`],
  ])("with a certificate %s is refused before anything is fetched", async (_, signing_cert_url) => {
    const { admission, fetched } = await examine(smnRequest({ signing_cert_url }));
    expect(admission).toMatchObject({ kind: "refused", status: 401, reason: "certificate-host" });
    expect(fetched).toEqual([]);
  });

  it.each([
    ["another host", "https://evil.example.com/smn/subscription/confirm?token=abc"],
    ["http", "http://console.huaweicloud.com/smn/subscription/confirm?token=abc"],
    ["a port", "https://console.huaweicloud.com:444/smn/subscription/confirm?token=abc"],
    ["another page of the console", "https://console.huaweicloud.com/iam/users?token=abc"],
    ["the page that ends subscriptions", "https://console.huaweicloud.com/smn/subscription/unsubscribe?token=abc"],
    ["the address of instance metadata", "http://169.254.169.254/latest/meta-data"],
    ["another page's host", "https://www.huaweicloud.com/smn"],
  ])("signed with a subscribe_url at %s confirms nothing", async (_, subscribe_url) => {
    const request = smnRequest({ type: "SubscriptionConfirmation", subscribe_url });
    expect(await reasonOf(request)).toBe("401 confirmation-host");
  });

  it("counts the same message as the same, and another as another", async () => {
    const nonceOf = async (request: WebhookRequest): Promise<string> => {
      const { admission } = await examine(request);
      return admission.kind === "events" ? admission.nonce : "";
    };
    const first = await nonceOf(smnRequest());
    expect(await nonceOf(smnRequest())).toBe(first);
    expect(await nonceOf(smnRequest({ message_id: "0a" }))).not.toBe(first);
  });
});
