import { expect, test } from "vitest";
import { scheduledTime } from "../../lib/lambda/scheduled-time.ts";

test("a schedule's event says when it was meant to come", () => {
  expect(scheduledTime({ scheduledTime: "2026-11-22T02:00:00Z" })).toBe(Date.UTC(2026, 10, 22, 2));
});

test.each([
  [undefined],
  [null],
  ["2026-11-22T02:00:00Z"],
  [{}],
  [{ repair: false }],
  [{ scheduledTime: 1 }],
  [{ scheduledTime: "<aws.scheduler.scheduled-time>" }],
  [{ scheduledTime: "2026-99-99T02:00:00Z" }],
])("%j says nothing of a schedule", (event) => {
  expect(scheduledTime(event)).toBeUndefined();
});
