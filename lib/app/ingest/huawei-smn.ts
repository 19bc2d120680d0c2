import type { CertificateKey } from "./certificates.ts";
import { eventsOf, fieldsOf, textOf } from "./event-texts.ts";
import { isPinned } from "./pinned-url.ts";
import { checkRsaSignature } from "./rsa-signature.ts";
import { refuse, type Refusal, type Admission, type WebhookRequest, type WebhookSource } from "./webhook.ts";

/** A message carries the time of its publication, and SMN may need several tries to deliver it. */
const WINDOW_MS = 900_000;

export interface HuaweiSmnOptions {
  /** `urn:smn:REGION:PROJECT:NAME`: any customer's topic is signed, and only these are ours. */
  readonly topics: readonly string[];
  readonly certificates: (url: string, now: number) => Promise<CertificateKey>;
}

/**
 * HTTPS subscriptions of Huawei Cloud SMN: a signature over chosen fields, and a subscription that has to be confirmed.
 * https://support.huaweicloud.com/intl/en-us/usermanual-smn/smn_ug_a9002.html and …/smn_ug_a9003.html
 */
export function huaweiSmn({ topics, certificates }: HuaweiSmnOptions): WebhookSource {
  return {
    sender: "huaweiSmn",
    path: "/huawei/smn",
    verify: async (request) => {
      const message = readMessage(request, topics);
      if ("kind" in message) return message;
      const certificate = await certificates(message.certificateUrl, request.receivedAt);
      const forged = checkRsaSignature(certificate, message.signature, Buffer.from(message.signed, "utf8"));
      return forged ?? accept(message);
    },
  };
}

interface SmnMessage {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly id: string;
  readonly text: string;
  readonly region: string;
  readonly subscribeUrl: string;
  readonly signature: string;
  readonly certificateUrl: string;
  readonly signed: string;
}

function readMessage({ body, receivedAt }: WebhookRequest, topics: readonly string[]): SmnMessage | Refusal {
  const text = textOf(body);
  const fields = text === undefined ? undefined : fieldsOf(text);
  if (fields === undefined) return refuse(400, "no-message", "The body is no message of SMN.");
  const field = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value : "";
  };
  const type = field("type");
  if (type !== "Notification" && type !== "SubscriptionConfirmation" && type !== "UnsubscribeConfirmation") {
    return refuse(400, "type-unknown", "The message has none of SMN's types.");
  }
  if (field("signature") === "") return refuse(401, "unsigned", "The message has no signature.");
  if (field("signature_version").toLowerCase() !== "v1") {
    return refuse(401, "signature-version", "Only signatures of version v1 are accepted.");
  }
  const topic = field("topic_urn");
  if (!topics.includes(topic)) {
    return refuse(403, "topic-unknown", "The topic is not one of ingest.huaweiSmn.topics in the configuration.");
  }
  const publishedAt = TIMESTAMP.test(field("timestamp")) ? Date.parse(field("timestamp")) : Number.NaN;
  if (Number.isNaN(publishedAt)) return refuse(401, "timestamp-malformed", "The message's timestamp is no time.");
  // The signature covers lines: with a line break in one of these, it would stand for other fields as well.
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(field("message_id")) || /[\r\n]/.test(field("subject"))) {
    return refuse(401, "field-malformed", "message_id or subject is not of the form that SMN gives it.");
  }
  if (Math.abs(receivedAt - publishedAt) > WINDOW_MS) {
    return refuse(401, "stale", "The message was published more than 15 minutes ago, or in the future.");
  }
  const region = topic.split(":")[2] ?? "";
  const certificateUrl = field("signing_cert_url");
  if (!isPinned(certificateUrl, hostOfRegion(region), CERTIFICATE_PATH)) {
    return refuse(
      401,
      "certificate-host",
      "signing_cert_url doesn't lead to a certificate of SMN in the topic's region.",
    );
  }
  return {
    type,
    id: field("message_id"),
    text: field("message"),
    region,
    subscribeUrl: field("subscribe_url"),
    signature: field("signature"),
    certificateUrl,
    signed: stringToSign(type, field),
  };
}

function accept({ type, id, text, region, subscribeUrl }: SmnMessage): Admission {
  if (type === "UnsubscribeConfirmation") {
    return { kind: "ignored", why: "somebody ended this subscription: no more events will come from this topic" };
  }
  if (type === "SubscriptionConfirmation") {
    const known = [hostOfRegion(region), CONSOLE_HOST].some((host) => isPinned(subscribeUrl, host, CONFIRM_PATH));
    return known
      ? { kind: "confirm", url: subscribeUrl }
      : refuse(401, "confirmation-host", "subscribe_url leads to no host of SMN.");
  }
  const events = eventsOf(text);
  if (events === undefined) return refuse(400, "no-event", "The notification's message is no JSON object.");
  return { kind: "events", events, nonce: `smn ${id}`, freshMs: 2 * WINDOW_MS };
}

const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$/;
/**
 * `/smn/SMN_cn-north-9_94f60ccdfbee4588aa4d555935a56ba3.pem`, as Huawei Cloud's own example has it. The host serves
 * other things as well, and one of them may hold what a stranger has put there.
 * https://support.huaweicloud.com/intl/en-us/api-rgc/AcceptSmnMessage.html
 */
const CERTIFICATE_PATH = /^\/smn\/SMN_[a-z0-9-]{1,64}_[0-9A-Za-z]{1,128}\.pem$/;
/** https://support.huaweicloud.com/intl/en-us/usermanual-smn/smn_ug_a9002.html */
const CONFIRM_PATH = /^\/smn\/subscription\/confirm\?/;
const CONSOLE_HOST = /^console(-intl)?\.huaweicloud\.com$/;

/** https://support.huaweicloud.com/intl/en-us/api-smn/smn_api_50001.html; a region is letters, digits and hyphens. */
function hostOfRegion(region: string): RegExp {
  return /^[a-z0-9-]+$/.test(region) ? new RegExp(`^smn\\.${region}\\.myhuaweicloud\\.com$`) : /^(?!)$/;
}

/** Each field and its value on lines of their own; a notification without a subject leaves it out. */
function stringToSign(type: SmnMessage["type"], field: (name: string) => string): string {
  const names =
    type === "Notification"
      ? ["message", "message_id", ...(field("subject") === "" ? [] : ["subject"]), "timestamp", "topic_urn", "type"]
      : ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"];
  return names.map((name) => `${name}\n${field(name)}\n`).join("");
}
