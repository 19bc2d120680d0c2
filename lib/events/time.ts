import { momentOf } from "../core/moment.ts";
import { textOf } from "./json/value.ts";

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** `2026-11-22T07:33:46+08:00`, `2016/12/08 11:07:28 GMT+08:00` (CTS console), `2026-11-22 07:33:46 UTC`. */
const WITH_ZONE =
  /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})? ?(?:Z|(?:GMT|UTC)?(?:([+-])(\d\d):?(\d\d))?)$/;

/** Milliseconds since the epoch, of a time between 1973 and 5138. */
const EPOCH_MS = /^\d{12,14}$/;

/** A time as the clouds write it, as RFC 3339 in UTC; undefined for anything else, since times are never needed. */
export function utcTime(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (RFC_3339_UTC.test(text)) return Number.isNaN(momentOf(text)) ? undefined : text;
  return EPOCH_MS.test(text) ? isoTime(Number(text)) : isoTime(zonedTime(text));
}

/** The first of the values that is a time. */
export function firstTime(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const time = utcTime(value);
    if (time !== undefined) return time;
  }
  return undefined;
}

function zonedTime(text: string): number {
  const match = WITH_ZONE.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, sign, zoneHours = "0", zoneMinutes = "0"] = match;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -60_000 : 60_000);
  return momentOf(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - offset;
}

function isoTime(epochMs: number): string | undefined {
  return Number.isNaN(epochMs) || Math.abs(epochMs) > 8.64e15
    ? undefined
    : new Date(epochMs).toISOString().replace(".000Z", "Z");
}
