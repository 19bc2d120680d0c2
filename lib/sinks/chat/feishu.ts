import { createHmac } from "node:crypto";
import { AlertDeliveryError, type AlertSender } from "../../app/ports/alerts.ts";
import type { Digest } from "../../core/alert/digest.ts";
import { feishuCard } from "../../core/alert/render/feishu.ts";
import type { ChatChannel } from "../../core/alert/settings.ts";
import { postWebhook, webhookTarget, answeredCode, type SenderDeps } from "./post-webhook.ts";

/** More than 100 messages a minute or 5 a second. */
const BUSY = 11232;
const BUSY_MS = 5_000;
const PER_MINUTE = 100;

/**
 * A custom bot of Feishu (or Lark). With a secret, the body carries the time in seconds and a base64 HMAC-SHA256 of
 * nothing, whose key is time, line feed and secret. An answer is 200 whether the bot took the message or not.
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function feishuSender(
  { name: channel, url, secret }: ChatChannel,
  { credential, clock }: Pick<SenderDeps, "credential" | "clock">,
): AlertSender {
  const bodyOf = (digest: Digest): string => JSON.stringify(feishuCard(digest));
  const signed = async (digest: Digest): Promise<string> => {
    if (secret === undefined) return bodyOf(digest);
    const timestamp = String(Math.floor(clock.now() / 1000));
    const sign = createHmac("sha256", `${timestamp}\n${await credential(secret)}`).digest("base64");
    return JSON.stringify({ timestamp, sign, ...feishuCard(digest) });
  };
  return {
    type: "feishu",
    target: webhookTarget(url),
    perMinute: PER_MINUTE,
    bodyOf,
    async send(digest, { signal }) {
      const post = { channel, url: await credential(url), body: await signed(digest), signal };
      const answer = await postWebhook(post, clock);
      const code = answeredCode(answer, "code") ?? answeredCode(answer, "StatusCode");
      if (code === 0) return;
      throw new AlertDeliveryError(`alert channel ${channel} refused the message (code ${code ?? "missing"})`, {
        retryable: code === BUSY,
        retryAfterMs: code === BUSY ? BUSY_MS : undefined,
      });
    },
  };
}
