import type { CompiledDate, CompiledDay } from "../compiled.ts";

const DAY_MS = 86_400_000;

/** Days before each month in a year that is no leap year. */
const BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const DAYS_TO_1970 = 719_528;

/**
 * How many days a date, YYYY-MM-DD, is from 1970-01-01; undefined for other text, and for days that no calendar has.
 * By hand, since each resource may have one.
 */
export function dayOf(text: string): number | undefined {
  if (text.length !== 10 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined;
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 7);
  const day = numberAt(text, 8, 10);
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 0)) return undefined;
  const isLeap = isLeapYear(year);
  const before = BEFORE_MONTH[month - 1] ?? 0;
  const length = (BEFORE_MONTH[month] ?? 0) - before + (isLeap && month === 2 ? 1 : 0);
  if (day > length) return undefined;
  const leapsBefore = Math.ceil(year / 4) - Math.ceil(year / 100) + Math.ceil(year / 400);
  return year * 365 + leapsBefore + before + (isLeap && month > 2 ? 1 : 0) + day - 1 - DAYS_TO_1970;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const DASH = 45;

/** NaN where there is anything but digits. */
function numberAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Tells whether a value is such a date, as of a time in milliseconds; NaN = on some day or other. */
export function dateTest({ after, before, within }: CompiledDate): (value: string, at: number) => boolean {
  const [earliest, latest] = [boundOf(after), boundOf(before)];
  return (value, at) => {
    const day = dayOf(value);
    if (day === undefined) return false;
    const today = Math.floor(at / DAY_MS);
    // What is compared with a day that nobody knows holds.
    return (
      !(day <= earliest(today)) && !(day >= latest(today)) && !(within !== undefined && Math.abs(day - today) > within)
    );
  };
}

/** NaN = there is none, or it isn't known. */
function boundOf(day: CompiledDay | undefined): (today: number) => number {
  if (typeof day === "number") return (today) => today + day;
  const fixed = day === undefined ? Number.NaN : (dayOf(day) ?? Number.NaN);
  return () => fixed;
}

/** What a value must be, as a sentence fragment. */
export function mustBeDate({ after, before, within }: CompiledDate): string {
  const bounds = [
    ...(after === undefined ? [] : [`after ${dayText(after)}`]),
    ...(before === undefined ? [] : [`before ${dayText(before)}`]),
    ...(within === undefined ? [] : [`at most ${within} ${within === 1 ? "day" : "days"} from today`]),
  ];
  return `must be a date, YYYY-MM-DD${bounds.length === 0 ? "" : `, ${bounds.join(" and ")}`}`;
}

function dayText(day: CompiledDay): string {
  if (typeof day === "string") return day;
  return day === 0 ? "today" : `today${day > 0 ? "+" : ""}${day}d`;
}
