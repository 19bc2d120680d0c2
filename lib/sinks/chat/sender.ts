import type { AlertSender } from "../../app/ports/alerts.ts";
import type { AlertChannel } from "../../core/alert/settings.ts";
import { dingtalkSender } from "./dingtalk.ts";
import { feishuSender } from "./feishu.ts";
import type { SenderDeps } from "./post-webhook.ts";
import { slackSender } from "./slack.ts";
import { snsSender } from "./sns.ts";
import { webhookSender } from "./webhook.ts";

/** The way to people that a channel of the configuration describes. Nothing is looked up yet. */
export function createAlertSender(channel: AlertChannel, deps: SenderDeps): AlertSender {
  switch (channel.type) {
    case "slack":
      return slackSender(channel, deps);
    case "dingtalk":
      return dingtalkSender(channel, deps);
    case "feishu":
      return feishuSender(channel, deps);
    case "webhook":
      return webhookSender(channel, deps);
    case "sns":
      return snsSender(channel, deps);
  }
}
