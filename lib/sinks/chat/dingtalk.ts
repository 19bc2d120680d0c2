import { createHmac } from "node:crypto";
import { AlertDeliveryError, type AlertSender } from "../../app/ports/alerts.ts";
import { dingtalkBody } from "../../core/alert/render/dingtalk.ts";
import type { ChatChannel } from "../../core/alert/settings.ts";
import { postWebhook, webhookTarget, answeredCode, type SenderDeps } from "./post-webhook.ts";

/** Too many messages, or too busy; a robot that sent more than 20 in a minute is not heard for ten. */
const BUSY: ReadonlySet<number> = new Set([-1, 130101, 410100]);
const BUSY_MS = 60_000;
const PER_MINUTE = 20;

/**
 * A group robot of DingTalk. With a secret, the URL carries the time in milliseconds and the base64 HMAC-SHA256 of
 * time, line feed and secret under the secret. An answer is 200 whether the robot took the message or not.
 * https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
 */
export function dingtalkSender(
  { name: channel, url, secret }: ChatChannel,
  { credential, clock }: Pick<SenderDeps, "credential" | "clock">,
): AlertSender {
  const signed = async (): Promise<string> => {
    const address = await credential(url);
    if (secret === undefined || !URL.canParse(address)) return address;
    const key = await credential(secret);
    const timestamp = String(clock.now());
    const whole = new URL(address);
    whole.searchParams.set("timestamp", timestamp);
    whole.searchParams.set("sign", createHmac("sha256", key).update(`${timestamp}\n${key}`).digest("base64"));
    return whole.href;
  };
  return {
    type: "dingtalk",
    target: webhookTarget(url),
    perMinute: PER_MINUTE,
    bodyOf: dingtalkBody,
    async send(digest, { signal }) {
      const answer = await postWebhook({ channel, url: await signed(), body: dingtalkBody(digest), signal }, clock);
      const code = answeredCode(answer, "errcode");
      if (code === 0) return;
      const retryable = code !== undefined && BUSY.has(code);
      throw new AlertDeliveryError(`alert channel ${channel} refused the message (errcode ${code ?? "missing"})`, {
        retryable,
        retryAfterMs: retryable ? BUSY_MS : undefined,
      });
    },
  };
}
