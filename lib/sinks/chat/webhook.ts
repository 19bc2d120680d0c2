import { createHmac } from "node:crypto";
import type { AlertSender } from "../../app/ports/alerts.ts";
import type { WebhookChannel } from "../../core/alert/settings.ts";
import { postWebhook, webhookTarget, type SenderDeps } from "./post-webhook.ts";
import type { Digest } from "../../core/alert/digest.ts";

const PREFIX = "whsec_";

/**
 * A webhook of one's own, signed as Standard Webhooks has it: HMAC-SHA256 over id, time in seconds and body. The id is
 * the same in every attempt, so that the receiver can tell a repetition.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSender(
  { name: channel, url, secret }: WebhookChannel,
  { credential, clock }: Pick<SenderDeps, "credential" | "clock">,
): AlertSender {
  return {
    type: "webhook",
    target: webhookTarget(url),
    bodyOf: eventBody,
    async send(digest, { signal }) {
      const body = eventBody(digest);
      const timestamp = String(Math.floor(clock.now() / 1000));
      const signature = createHmac("sha256", keyOf(await credential(secret)))
        .update(`${digest.id}.${timestamp}.${body}`)
        .digest("base64");
      const headers = {
        "webhook-id": digest.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      };
      await postWebhook({ channel, url: await credential(url), headers, body, signal }, clock);
    },
  };
}

/** A secret with the standard's prefix is base64; any other is a text. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), "base64") : Buffer.from(secret);
}

/** The body for a webhook of your own: the digest itself, in the envelope that Standard Webhooks recommends. */
export function eventBody(digest: Digest): string {
  const { at, ...data } = digest;
  return JSON.stringify({ type: "tagwarden.alerts.v1", timestamp: at, data });
}
