import type { Alert } from "../../../lib/core/alert/alert.ts";
import type { Digest } from "../../../lib/core/alert/digest.ts";
import type { AlertSettings } from "../../../lib/core/alert/settings.ts";
import { alertsShape } from "../../../lib/core/config/alerts.ts";

export const AT = Date.UTC(2026, 10, 22, 2);
export const HOUR = 3_600_000;

/** An alert that every rule would raise and every channel take. */
export const ALERT: Alert = {
  key: "compliance:gateways",
  source: "report",
  kind: "compliance",
  severity: "high",
  scope: "policy gateways",
  title: "Compliance with gateways is 40.0 %, below 95.0 %",
  text: "180 of 300 resources under it that were judged are noncompliant.",
  at: "2026-11-22T02:00:00.000Z",
  run: "r1",
  resources: [],
};

export function alertSettings(more: Partial<Record<keyof AlertSettings, unknown>> = {}): AlertSettings {
  return alertsShape.parse({
    channels: [{ name: "chat", type: "slack", url: "http://127.0.0.1:9/slack" }],
    fallback: ["chat"],
    ...more,
  });
}

export const DIGEST: Digest = {
  id: "tw_0123456789abcdef",
  channel: "chat",
  run: "r1",
  at: "2026-11-22T02:00:00.000Z",
  counts: { opened: 1, escalated: 0, repeated: 0, resolved: 0 },
  entries: [{ change: "opened", alert: ALERT, resources: 0 }],
  reportUrl: "https://reports.example.com/r1/report.html",
};

/** A digest of this many alerts, each as long as they get, on resources that are called so. */
export function longDigest(count: number, name: string): Digest {
  const resources = Array.from({ length: 10 }, (_, number) => ({
    type: "alibaba:apigateway:apiGroup",
    account: "111122223333",
    region: "cn-hangzhou",
    id: `${name}${number}`,
  }));
  const alert: Alert = { ...ALERT, title: name.repeat(30), text: name.repeat(100), owner: name, resources };
  const entries = Array.from({ length: count }, () => ({ change: "opened" as const, alert, resources: 100 }));
  return { ...DIGEST, owner: name, counts: { ...DIGEST.counts, opened: 5_000 }, entries };
}
