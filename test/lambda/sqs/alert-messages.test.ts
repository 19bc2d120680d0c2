import { describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { parseAlertMessage } from "../../../lib/lambda/sqs/alert-messages.ts";
import { ALERT, DIGEST } from "../../core/alert/alerts.ts";

const ALARM = {
  AlarmName: "tagwarden-dev-EnforceDeadLettersAlarm",
  AlarmDescription: "Messages that enforce could not handle wait in its dead-letter queue",
  AWSAccountId: "111122223333",
  NewStateValue: "ALARM",
  NewStateReason: "Threshold Crossed",
  StateChangeTime: "2026-11-22T02:00:00.000+0000",
  OldStateValue: "OK",
};
const throughSns = (alarm: object): string =>
  JSON.stringify({ Type: "Notification", TopicArn: "arn:aws:sns:eu-west-1:1:t", Message: JSON.stringify(alarm) });

describe("a message of the alert queue", () => {
  it.each([
    ["a digest", { kind: "digest", digest: DIGEST }],
    ["what was raised", { kind: "raised", event: "enforce 1", at: 1, alerts: [ALERT] }],
  ])("is %s, as it was sent", (_, message) => {
    expect(parseAlertMessage(JSON.stringify(message))).toEqual({ kind: "message", message });
  });

  it("is an alarm of CloudWatch, through the topic, with what it means", () => {
    expect(parseAlertMessage(throughSns(ALARM))).toMatchObject({
      message: {
        kind: "raised",
        at: Date.UTC(2026, 10, 22, 2),
        alerts: [{ key: `alarm:${ALARM.AlarmName}`, source: "alarm", severity: "high", text: ALARM.AlarmDescription }],
      },
    });
  });

  it("is an alarm that is over", () => {
    expect(parseAlertMessage(throughSns({ ...ALARM, NewStateValue: "OK" }))).toMatchObject({
      message: { kind: "raised", alerts: [], resolved: [`alarm:${ALARM.AlarmName}`] },
    });
  });

  it("is ignored where an alarm has no data", () => {
    expect(parseAlertMessage(throughSns({ ...ALARM, NewStateValue: "INSUFFICIENT_DATA" })).kind).toBe("ignored");
  });

  it.each([
    ["no JSON", "tagwarden alerts: 1 new"],
    ["a mail of ours", JSON.stringify({ Type: "Notification", Message: "tagwarden alerts: 1 new" })],
    ["half a digest", JSON.stringify({ kind: "digest", digest: { id: "x" } })],
    ["an alarm without a time", throughSns({ ...ALARM, StateChangeTime: "soon" })],
    ["nothing", "null"],
  ])("is refused where it is %s", (_, body) => {
    expect(() => parseAlertMessage(body)).toThrow(InputError);
  });
});
