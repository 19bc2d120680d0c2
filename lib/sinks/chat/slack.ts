import { AlertDeliveryError, type AlertSender } from "../../app/ports/alerts.ts";
import { slackBody } from "../../core/alert/render/slack.ts";
import type { ChatChannel } from "../../core/alert/settings.ts";
import { postWebhook, webhookTarget, type SenderDeps } from "./post-webhook.ts";

/** One a second, and short bursts: https://docs.slack.dev/apis/web-api/rate-limits */
const PER_MINUTE = 60;

/** An incoming webhook of Slack, whose URL is its only secret: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackSender(
  { name: channel, url }: ChatChannel,
  { credential, clock }: Pick<SenderDeps, "credential" | "clock">,
): AlertSender {
  return {
    type: "slack",
    target: webhookTarget(url),
    perMinute: PER_MINUTE,
    bodyOf: slackBody,
    async send(digest, { signal }) {
      const answer = await postWebhook({ channel, url: await credential(url), body: slackBody(digest), signal }, clock);
      if (answer.trim() === "ok") return;
      throw new AlertDeliveryError(`alert channel ${channel} answered 200, but not ok`, { retryable: false });
    },
  };
}
