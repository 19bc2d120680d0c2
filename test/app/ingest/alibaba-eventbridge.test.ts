import { describe, expect, it } from "vitest";
import { alibabaEventBridge } from "../../../lib/app/ingest/alibaba-eventbridge.ts";
import { certificateKeys } from "../../../lib/app/ingest/certificates.ts";
import type { Admission, WebhookRequest } from "../../../lib/app/ingest/webhook.ts";
import {
  ALIBABA_CERTIFICATE,
  ALIBABA_TOKEN,
  alibabaRequest,
  changed,
  CREATED,
  file,
  NOW,
} from "../../fixtures/webhooks/signing.ts";

const PREFIX = "x-eventbridge-signature";

interface Setting {
  readonly pem?: string | Error;
  readonly tokens?: readonly string[];
  readonly regions?: readonly string[];
}

async function examine(
  request: WebhookRequest,
  setting: Setting = {},
): Promise<{ admission: Admission; fetched: number }> {
  const { pem = file("signing.pem"), tokens = [ALIBABA_TOKEN], regions = [] } = setting;
  let fetched = 0;
  const certificates = certificateKeys(async () => {
    fetched += 1;
    if (pem instanceof Error) throw pem;
    return pem;
  });
  const admission = await alibabaEventBridge({ tokens: async () => tokens, certificates, regions }).verify(request);
  return { admission, fetched };
}

async function reasonOf(request: WebhookRequest, setting?: Setting): Promise<string> {
  const { admission } = await examine(request, setting);
  return admission.kind === "refused" ? `${admission.status} ${admission.reason}` : admission.kind;
}

/** The same signature in base64 that no encoder writes: whoever took it for another one would let a replay in. */
function respelled(request: WebhookRequest): WebhookRequest {
  const signature = request.headers.get(`${PREFIX}-v2`) ?? "";
  const other = new Map(["AB", "QR", "gh", "wx"].map(([from = "", to = ""]) => [from, to]));
  const changedLetter = signature.replace(/.(?===$)/, (letter) => other.get(letter) ?? letter);
  expect(Buffer.from(changedLetter, "base64")).toEqual(Buffer.from(signature, "base64"));
  expect(changedLetter).not.toBe(signature);
  return changed(request, { headers: { [`${PREFIX}-v2`]: changedLetter } });
}

describe("a request of Alibaba Cloud EventBridge", () => {
  it("is accepted with the body as its event", async () => {
    const { admission } = await examine(alibabaRequest());
    expect(admission).toMatchObject({ kind: "events", events: [CREATED] });
  });

  it("is accepted under either of two tokens", async () => {
    expect(await reasonOf(alibabaRequest(), { tokens: ["new", ALIBABA_TOKEN] })).toBe("events");
  });

  it.each([-60_000, 60_000])("is accepted when its clock differs by %i ms", async (difference) => {
    expect(await reasonOf(alibabaRequest({ timestamp: String(NOW + difference) }))).toBe("events");
  });

  it.each(["cn-hangzhou", "ap-southeast-1", "cn-beijing"])("is accepted with a certificate of %s", async (region) => {
    const certificateUrl = `https://${region}-eventbridge.oss-accelerate.aliyuncs.com/public/c.pem`;
    expect(await reasonOf(alibabaRequest({ certificateUrl }))).toBe("events");
  });

  it("is accepted with a certificate of a new region that one of our accounts is in", async () => {
    const certificateUrl = "https://ap-west-9-eventbridge.oss-accelerate.aliyuncs.com/public/c.pem";
    expect(await reasonOf(alibabaRequest({ certificateUrl }), { regions: ["ap-west-9"] })).toBe("events");
    expect(await reasonOf(alibabaRequest({ certificateUrl }))).toBe("401 certificate-host");
  });

  it("makes nobody fetch a certificate before the token is right", async () => {
    expect((await examine(alibabaRequest({ token: "guess" }))).fetched).toBe(0);
  });

  const genuine = alibabaRequest();
  const { body } = genuine;
  const hostile: readonly (readonly [string, WebhookRequest, string])[] = [
    ["without a signature", changed(genuine, { headers: { [`${PREFIX}-v2`]: undefined } }), "401 unsigned"],
    [
      "with a signature of the first version alone",
      changed(genuine, { headers: { [`${PREFIX}-v2`]: undefined, [PREFIX]: "c2ln" } }),
      "401 signature-version",
    ],
    ["of another version", changed(genuine, { headers: { [`${PREFIX}-version`]: "2.0" } }), "401 signature-version"],
    [
      "with another hash method",
      changed(genuine, { headers: { "x-eventbridge-hash-method": "SHA1" } }),
      "401 signature-version",
    ],
    ["signed by another key", alibabaRequest({ key: "other.key.pem" }), "401 signature-wrong"],
    [
      "whose body has one more byte",
      changed(genuine, { body: Buffer.concat([body, Buffer.from(" ")]) }),
      "401 signature-wrong",
    ],
    ["whose body is cut", changed(genuine, { body: body.subarray(0, body.length - 1) }), "401 signature-wrong"],
    ["for another path", changed(genuine, { url: "https://hooks.example.com/other" }), "401 signature-wrong"],
    [
      "for another query",
      changed(genuine, { url: "https://hooks.example.com/alibaba/eventbridge?stage=dev" }),
      "401 signature-wrong",
    ],
    [
      "for another host",
      changed(genuine, { url: "https://hooks.example.org/alibaba/eventbridge?stage=prod" }),
      "401 signature-wrong",
    ],
    [
      "with a timestamp that isn't the signed one",
      changed(genuine, { headers: { [`${PREFIX}-timestamp`]: String(NOW) } }),
      "401 signature-wrong",
    ],
    ["signed 61 seconds ago", alibabaRequest({ timestamp: String(NOW - 61_000) }), "401 stale"],
    ["signed 61 seconds ahead", alibabaRequest({ timestamp: String(NOW + 61_000) }), "401 stale"],
    ["with a timestamp in seconds", alibabaRequest({ timestamp: "1795323600" }), "401 timestamp-malformed"],
    ["with a timestamp in words", alibabaRequest({ timestamp: "now" }), "401 timestamp-malformed"],
    ["with a hexadecimal timestamp", alibabaRequest({ timestamp: "0x1a2b3c4d5e6" }), "401 timestamp-malformed"],
    ["with another token", alibabaRequest({ token: "guess" }), "401 token-wrong"],
    ["with the token in capitals", alibabaRequest({ token: ALIBABA_TOKEN.toUpperCase() }), "401 token-wrong"],
    ["without a token", changed(genuine, { headers: { [`${PREFIX}-token`]: undefined } }), "401 token-missing"],
    [
      "whose signature is no base64",
      changed(genuine, { headers: { [`${PREFIX}-v2`]: "not base64!" } }),
      "401 signature-malformed",
    ],
    // The last letter before the padding holds four bits that stand for nothing.
    ["whose signature is spelled otherwise", respelled(genuine), "401 signature-malformed"],
    ["whose signature is empty", changed(genuine, { headers: { [`${PREFIX}-v2`]: "" } }), "401 signature-malformed"],
    [
      "without the address of a certificate",
      changed(genuine, { headers: { [`${PREFIX}-url`]: undefined } }),
      "401 certificate-host",
    ],
    ["whose body is no JSON", alibabaRequest({ body: "hello" }), "400 no-event"],
    ["whose body is a number", alibabaRequest({ body: "42" }), "400 no-event"],
    ["whose body is an empty list", alibabaRequest({ body: "[]" }), "400 no-event"],
    ["whose body is not UTF-8", alibabaRequest({ body: Buffer.from([0x7b, 0xff, 0x7d]) }), "400 no-event"],
  ];
  it.each(hostile)("%s is refused", async (_, request, reason) => {
    expect(await reasonOf(request)).toBe(reason);
  });

  const host = "cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com";
  it.each([
    ["http", `http://${host}/c.pem`],
    ["another host", "https://evil.example.com/c.pem"],
    ["a look-alike that ends otherwise", `https://${host}.example.com/c.pem`],
    ["a look-alike that begins otherwise", `https://x.${host}/c.pem`],
    ["somebody else's bucket", "https://evil-eventbridge.oss-accelerate.aliyuncs.com/c.pem"],
    ["a bucket that begins like a region", "https://cn-hangzhou-2-eventbridge.oss-accelerate.aliyuncs.com/c.pem"],
    ["a look-alike bucket", "https://evil-eventbridgex.oss-accelerate.aliyuncs.com/c.pem"],
    ["a port", `https://${host}:8443/c.pem`],
    ["the port that is the default", `https://${host}:443/c.pem`],
    ["a user", `https://user@${host}/c.pem`],
    ["a user that looks like the host", `https://${host}@evil.example.com/c.pem`],
    ["a user and a password", `https://user:secret@${host}/c.pem`],
    ["a dot behind the host", `https://${host}./c.pem`],
    ["capitals", `https://${host.toUpperCase()}/c.pem`],
    ["a backslash", `https://evil.example.com\\@${host}/c.pem`],
    ["a tab", `https://\t${host}/c.pem`],
    ["a letter of another script", `https://${host.replace("a", "а")}/c.pem`],
    ["an address in place of a name", "https://127.0.0.1/c.pem"],
    ["a file", "file:///etc/passwd"],
    ["no slash behind the host", `https://${host}`],
    ["words", "certificate"],
  ])("with a certificate at %s is refused before anything is fetched", async (_, certificateUrl) => {
    const { admission, fetched } = await examine(alibabaRequest({ certificateUrl }));
    expect(admission).toMatchObject({ kind: "refused", status: 401, reason: "certificate-host" });
    expect(fetched).toBe(0);
  });

  it.each([
    ["HTML", "<html></html>", "401 certificate-unusable"],
    ["a private key", file("other.key.pem"), "401 certificate-unusable"],
    ["nothing", "", "401 certificate-unusable"],
    ["a certificate with a short key", file("short.pem"), "401 certificate-unusable"],
    ["a certificate of an elliptic curve", file("elliptic.pem"), "401 certificate-unusable"],
    ["an error", new Error("timed out"), "503 certificate-unavailable"],
  ])("is refused where the certificate's address gives %s", async (_, pem, reason) => {
    expect(await reasonOf(genuine, { pem })).toBe(reason);
  });

  it.each([
    ["has expired", Date.parse("2200-01-01T00:00:00Z")],
    ["isn't valid yet", Date.parse("2020-01-01T00:00:00Z")],
  ])("is refused where the certificate %s", async (_, receivedAt) => {
    expect(await reasonOf(alibabaRequest({ receivedAt }))).toBe("401 certificate-unusable");
  });

  it("names the certificate that it was fetched from once an hour", async () => {
    const fetched: string[] = [];
    const certificates = certificateKeys(async (url) => {
      fetched.push(url);
      return file("signing.pem");
    });
    const source = alibabaEventBridge({ tokens: async () => [ALIBABA_TOKEN], certificates });
    for (const receivedAt of [NOW, NOW + 3_599_000, NOW + 3_601_000]) {
      expect((await source.verify(alibabaRequest({ receivedAt }))).kind).toBe("events");
    }
    expect(fetched).toEqual([ALIBABA_CERTIFICATE, ALIBABA_CERTIFICATE]);
  });
});
