import * as z from "zod/mini";
import type { AlertMessage } from "../../app/ports/alerts.ts";
import { InputError } from "../../core/errors.ts";
import type { ParsedMessage } from "./batch.ts";
import { parseMessage } from "./own-message.ts";

const text = z.string().check(z.minLength(1));

// What we have sent ourselves; the rest of a digest or alert is as we wrote it.
const digestMessage = z.looseObject({
  kind: z.literal("digest"),
  digest: z.looseObject({
    id: text,
    channel: text,
    at: text,
    counts: z.looseObject({}),
    entries: z.array(z.unknown()),
  }),
});
const raisedMessage = z.looseObject({
  kind: z.literal("raised"),
  event: text,
  at: z.number(),
  alerts: z.array(z.looseObject({ key: text, source: text, kind: text, severity: text, title: text })),
});
const alarmState = z.object({
  AlarmName: text,
  AlarmDescription: z.nullish(z.string()),
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  StateChangeTime: text,
});

/**
 * Reads a message of the alert queue: one of ours, or a state of a CloudWatch alarm that came through SNS. Throws an
 * InputError.
 */
export function parseAlertMessage(body: string): ParsedMessage<AlertMessage> {
  const value = parseMessage(body);
  if (isOurs(value)) return { kind: "message", message: value };
  const alarm = alarmState.safeParse(isEnvelope(value) ? parseMessage(value.Message) : value);
  if (!alarm.success) throw new InputError("the message is neither an alert of ours nor a state of an alarm");
  return fromAlarm(alarm.data);
}

function isOurs(value: unknown): value is AlertMessage {
  return digestMessage.safeParse(value).success || raisedMessage.safeParse(value).success;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function isEnvelope(value: unknown): value is { readonly Message: string } {
  return typeof value === "object" && value !== null && "Message" in value && typeof value.Message === "string";
}

function fromAlarm(alarm: z.infer<typeof alarmState>): ParsedMessage<AlertMessage> {
  const { AlarmName: name, AlarmDescription: description, NewStateValue: state, StateChangeTime: time } = alarm;
  const at = Date.parse(time);
  if (Number.isNaN(at)) throw new InputError("the message is a state of an alarm without a time");
  if (state === "INSUFFICIENT_DATA") return { kind: "ignored", reason: "an alarm without data" };
  const key = `alarm:${name}`;
  const event = `${key} ${time}`;
  if (state === "OK") return { kind: "message", message: { kind: "raised", event, at, alerts: [], resolved: [key] } };
  return {
    kind: "message",
    message: {
      kind: "raised",
      event,
      at,
      alerts: [
        {
          key,
          source: "alarm",
          kind: "alarm",
          severity: "high",
          scope: name,
          title: `Alarm ${name}`,
          text: description ?? "CloudWatch says no more than its name.",
          at: new Date(at).toISOString(),
          resources: [],
        },
      ],
    },
  };
}
