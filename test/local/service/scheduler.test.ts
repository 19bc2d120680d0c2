import { describe, expect, it } from "vitest";
import { parseSchedule } from "../../../local/service/scheduler.ts";

const at = (text: string): number => Date.parse(text);

describe("a schedule", () => {
  it("is due at its hour and minute and at no other", () => {
    const due = parseSchedule("cron(0 2 * * ? *)", "UTC");
    expect(due(at("2026-11-22T02:00:00Z"))).toBe(true);
    expect(due(at("2026-11-22T02:01:00Z"))).toBe(false);
    expect(due(at("2026-11-22T03:00:00Z"))).toBe(false);
  });

  it("counts in its own time zone", () => {
    const due = parseSchedule("cron(0 2 * * ? *)", "Asia/Shanghai");
    expect(due(at("2026-11-21T18:00:00Z"))).toBe(true);
    expect(due(at("2026-11-22T02:00:00Z"))).toBe(false);
  });

  it("follows summer time", () => {
    const due = parseSchedule("cron(30 6 * * ? *)", "Europe/Berlin");
    expect(due(at("2026-07-01T04:30:00Z"))).toBe(true);
    expect(due(at("2026-12-01T05:30:00Z"))).toBe(true);
  });

  it("knows lists, ranges, steps and names", () => {
    const due = parseSchedule("cron(0/15 8-10 ? 1,NOV MON-FRI 2026)", "UTC");
    expect(due(at("2026-11-23T08:45:00Z"))).toBe(true);
    expect(due(at("2026-11-22T08:45:00Z"))).toBe(false);
    expect(due(at("2026-11-23T08:50:00Z"))).toBe(false);
    expect(due(at("2026-10-26T08:45:00Z"))).toBe(false);
    expect(due(at("2027-11-22T08:45:00Z"))).toBe(false);
  });

  it("runs at a rate", () => {
    const due = parseSchedule("rate(5 minutes)", "UTC");
    const hour = Array.from({ length: 60 }, (_, minute) => due(at("2026-11-22T02:00:00Z") + minute * 60_000));
    expect(hour.filter(Boolean)).toHaveLength(12);
  });

  it.each(["every day", "cron(0 2 * *)", "cron(0 2 L * ? *)", "cron(99 2 * * ? *)", "cron(0/x 2 * * ? *)"])(
    "refuses %s",
    (expression) => {
      expect(() => parseSchedule(expression, "UTC")).toThrow(/schedule "/);
    },
  );

  it("refuses a time zone that doesn't exist", () => {
    expect(() => parseSchedule("cron(0 2 * * ? *)", "Mars/Base")).toThrow(/"Mars\/Base" is not a time zone/);
  });
});
