import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import { alertsShape } from "../../lib/core/config/alerts.ts";

/** One channel of each kind that leads nowhere, and the usual rules: what a preview shows without a configuration. */
export const EXAMPLE_ALERTS: AlertSettings = alertsShape.parse({
  channels: [
    { name: "slack", type: "slack", url: "env:SLACK_URL" },
    { name: "dingtalk", type: "dingtalk", url: "env:DINGTALK_URL", secret: "env:DINGTALK_SECRET" },
    { name: "feishu", type: "feishu", url: "env:FEISHU_URL", secret: "env:FEISHU_SECRET" },
    { name: "webhook", type: "webhook", url: "env:WEBHOOK_URL", secret: "env:WEBHOOK_SECRET" },
    { name: "mail", type: "sns" },
  ],
  fallback: ["slack", "dingtalk", "feishu", "webhook", "mail"],
});
