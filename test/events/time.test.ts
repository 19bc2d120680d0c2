import * as fc from "../properties.ts";
import { expect, test } from "vitest";
import { firstTime, utcTime } from "../../lib/events/time.ts";

test.each([
  ["2026-11-22T07:33:46Z", "2026-11-22T07:33:46Z"],
  ["2026-11-22T07:33:46.5Z", "2026-11-22T07:33:46.5Z"],
  ["2026-11-22T07:33:46+08:00", "2026-11-21T23:33:46Z"],
  ["2026-11-22T07:33:46-0330", "2026-11-22T11:03:46Z"],
  ["2026/11/22 07:33:46 GMT+08:00", "2026-11-21T23:33:46Z"],
  ["2026-11-22 07:33:46 UTC", "2026-11-22T07:33:46Z"],
  [1_795_332_826_000, "2026-11-22T07:33:46Z"],
  ["1795332826000", "2026-11-22T07:33:46Z"],
])("%j is %s", (text, time) => {
  expect(utcTime(text)).toBe(time);
});

test.each([
  undefined,
  null,
  "",
  "yesterday",
  "2026-13-40T00:00:00Z",
  "2026-11-22",
  "2026-13-01 00:00:00 UTC",
  "2026-02-30T00:00:00Z",
  "2026-02-30 00:00:00 UTC",
  {},
  12,
  true,
])("%j is no time", (value) => {
  expect(utcTime(value)).toBeUndefined();
});

test("any instant with any offset is that instant in UTC", () => {
  const instants = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
  fc.assert(
    fc.property(instants, fc.integer({ min: -12 * 60, max: 14 * 60 }), (instant, offset) => {
      const wholeSecond = Math.floor(instant.getTime() / 1000) * 1000;
      const local = new Date(wholeSecond + offset * 60_000).toISOString().slice(0, 19);
      const minutes = Math.abs(offset);
      const zone = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
      const utc = utcTime(`${local}${offset < 0 ? "-" : "+"}${zone}`);
      expect(Date.parse(utc ?? "")).toBe(wholeSecond);
    }),
  );
});

test("the first that is a time counts", () => {
  expect(firstTime(undefined, "soon", "2026-11-22T07:33:46Z", 0)).toBe("2026-11-22T07:33:46Z");
});
