import { createHmac, timingSafeEqual } from "node:crypto";
import { eventsOf, textOf } from "./event-texts.ts";
import { knownSecret, type SecretSource } from "./known-secret.ts";
import { base64Bytes } from "./secret-match.ts";
import { refuse, type Refusal, type WebhookRequest, type WebhookSource } from "./webhook.ts";

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const WINDOW_MS = 300_000;
/** While a secret is changed there are two; more signatures than this are a try to make us work. */
const MOST_SIGNATURES = 8;

export interface SignedEventsOptions {
  /** `whsec_` and base64, or any text. */
  readonly secrets: SecretSource;
}

/**
 * CloudEvents that somebody's own program sends, signed as Standard Webhooks says: HMAC-SHA256 over
 * `id.timestamp.body` in `webhook-signature`.
 */
export function signedEvents({ secrets }: SignedEventsOptions): WebhookSource {
  const isKnown = knownSecret(secrets);
  return {
    sender: "signedEvents",
    path: "/events",
    verify: async (request) => {
      const header = readHeaders(request);
      if ("kind" in header) return header;
      const signed = Buffer.concat([Buffer.from(`${header.id}.${header.timestamp}.`, "utf8"), request.body]);
      if (!(await isKnown((known) => isSignedByOne(header.signatures, signed, known), request.receivedAt))) {
        return refuse(401, "signature-wrong", "No signature belongs to this id, this timestamp and this body.");
      }
      const text = textOf(request.body);
      const events = text === undefined ? undefined : eventsOf(text);
      if (events === undefined) {
        return refuse(400, "no-event", "The body is neither a CloudEvent nor a list of at most 100 of them.");
      }
      return { kind: "events", events, nonce: `events ${header.id}`, freshMs: 2 * WINDOW_MS };
    },
  };
}

interface SignatureHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

function readHeaders({ headers, receivedAt }: WebhookRequest): SignatureHeaders | Refusal {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signature = headers.get("webhook-signature") ?? "";
  if (signature === "") return refuse(401, "unsigned", "The header webhook-signature is missing.");
  // A dot in the id would let the same signature stand for another time and another body.
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(id)) {
    return refuse(401, "id-malformed", "The header webhook-id is missing, too long, or not of A-Z a-z 0-9 _ -.");
  }
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    return refuse(401, "timestamp-malformed", "The header webhook-timestamp is not a time in seconds.");
  }
  if (Math.abs(receivedAt - Number(timestamp) * 1000) > WINDOW_MS) {
    return refuse(401, "stale", "The request was signed more than 5 minutes ago, or in the future.");
  }
  const parts = signature.split(" ");
  if (parts.length > MOST_SIGNATURES) return refuse(401, "signature-malformed", "There are too many signatures.");
  const ours = parts.filter((part) => part.startsWith("v1,")).map((part) => base64Bytes(part.slice(3)));
  if (ours.length === 0) return refuse(401, "signature-version", "Only signatures of version v1 are accepted.");
  const signatures = ours.filter((bytes) => bytes !== undefined);
  if (signatures.length < ours.length) return refuse(401, "signature-malformed", "A signature is not base64.");
  return { id, timestamp, signatures };
}

function isSignedByOne(signatures: readonly Buffer[], signed: Buffer, secrets: readonly string[]): boolean {
  let matches = 0;
  for (const secret of secrets) {
    const expected = createHmac("sha256", keyOf(secret)).update(signed).digest();
    for (const given of signatures) {
      if (given.length === expected.length && timingSafeEqual(given, expected)) matches += 1;
    }
  }
  return matches > 0;
}

function keyOf(secret: string): Buffer {
  const encoded = secret.startsWith("whsec_") ? base64Bytes(secret.slice("whsec_".length)) : undefined;
  return encoded ?? Buffer.from(secret, "utf8");
}
