import * as z from "zod/mini";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";

const severity = z.enum(["low", "medium", "high"]);
const text = z.string();
const time = z.number();

const resource = z.object({ type: text, account: text, region: text, id: text });

const alert = z.object({
  key: text,
  source: z.enum(["report", "enforcement", "alarm"]),
  kind: text,
  severity,
  title: text,
  text,
  owner: z.optional(text),
  scope: text,
  at: text,
  run: z.optional(text),
  resources: z.array(resource),
  baseline: z.optional(z.number()),
});

const notice = z.object({
  change: z.enum(["opened", "escalated", "repeated", "resolved"]),
  event: text,
  at: time,
  sent: z.boolean(),
  told: z.optional(z.array(text)),
  why: z.optional(text),
});

const record = z.object({
  alert,
  state: z.enum(["open", "resolved"]),
  openedAt: time,
  raisedAt: time,
  resolvedAt: z.optional(time),
  toldAt: time,
  toldSeverity: severity,
  gravest: z.optional(severity),
  silent: z.boolean(),
  notice: z.optional(notice),
  seenAt: time,
  version: z.number(),
});

/** Whether a value that was read is the record of an alert. */
export function isAlertRecord(value: unknown): value is AlertRecord {
  return record.safeParse(value).success;
}
