import { expect, test } from "vitest";
import { momentOf } from "../../lib/core/moment.ts";
import * as fc from "../properties.ts";

test.each([
  ["2026-12-01", "2026-12-01T00:00:00.000Z"],
  ["2028-02-29", "2028-02-29T00:00:00.000Z"],
  ["2026-12-01T23:00:00Z", "2026-12-01T23:00:00.000Z"],
  ["2026-12-01T23:00:00.25Z", "2026-12-01T23:00:00.250Z"],
  ["2026-12-01T23:00:00-05:30", "2026-12-02T04:30:00.000Z"],
])("%s is a moment", (text, iso) => {
  expect(new Date(momentOf(text)).toISOString()).toBe(iso);
});

test.each([
  ["a day in another form", "2026-12-1"],
  ["a month", "2026-12"],
  ["a year", "2026"],
  ["a time of this machine's zone", "2026-12-01T23:00:00"],
  ["a time without seconds", "2026-12-01T23:00Z"],
  ["what RFC 2822 has", "Tue, 01 Dec 2026 23:00:00 +0000"],
  ["words", "Dec 1 2026"],
  ["a day that no calendar has", "2026-02-29"],
  ["a time on such a day", "2026-02-30T08:00:00Z"],
  ["a thirteenth month", "2026-13-01"],
  ["the end of a day as the next one's hour 24", "2026-12-01T24:00:00Z"],
  ["an offset of a day", "2026-12-01T23:00:00+24:00"],
  ["a space between day and time", "2026-12-01 23:00:00Z"],
  ["a space behind it", "2026-12-01 "],
  ["a number", "1795332826000"],
  ["nothing", ""],
])("%s is none: %j", (_, text) => {
  expect(momentOf(text)).toBeNaN();
});

test("any instant is one, as a time and as a day", () => {
  const instants = fc.date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (instant) => {
      const text = instant.toISOString();
      expect(momentOf(text)).toBe(instant.getTime());
      expect(momentOf(text.slice(0, 10))).toBe(Date.parse(`${text.slice(0, 10)}T00:00:00Z`));
    }),
  );
});
