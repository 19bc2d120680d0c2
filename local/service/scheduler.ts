import { InputError } from "../../lib/core/errors.ts";

/** Whether a schedule is due in the minute that starts at `minute` (milliseconds since the epoch). */
export type Schedule = (minute: number) => boolean;

const MINUTE_MS = 60_000;
const UNIT_MINUTES: ReadonlyMap<string, number> = new Map([
  ["minute", 1],
  ["hour", 60],
  ["day", 1440],
]);
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Reads `rate(N unit)` and `cron(minutes hours day-of-month month day-of-week year)` as EventBridge Scheduler has them
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html), in a time zone. `L`, `W` and `#` are
 * refused with an InputError: the local run doesn't need them.
 */
export function parseSchedule(expression: string, timezone: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) {
    const minutes = Number(rate[1]) * (UNIT_MINUTES.get(rate[2] ?? "") ?? 1);
    return (minute) => Math.floor(minute / MINUTE_MS) % minutes === 0;
  }
  const fields = /^cron\(([^)]+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6)
    throw new InputError(`schedule "${expression}" is neither rate(N unit) nor cron(6 fields).`);
  const [minutes, hours, days, months, weekdays, years] = fields.map((field, index) =>
    parseField(field, index, expression),
  );
  const wallClock = wallClockIn(timezone);
  return (minute) => {
    const now = wallClock(minute);
    const values = [now.minute, now.hour, now.day, now.month, now.weekday, now.year];
    return [minutes, hours, days, months, weekdays, years].every(
      (field, index) => field?.(values[index] ?? 0) === true,
    );
  };
}

/** Calls `fire` in each minute in which the schedule is due, until `stop`. */
export function startSchedule(schedule: Schedule, fire: () => Promise<void>): { stop(): Promise<void> } {
  let last = Math.floor(Date.now() / MINUTE_MS);
  let firing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    const now = Math.floor(Date.now() / MINUTE_MS);
    for (; last < now; last += 1) {
      if (schedule((last + 1) * MINUTE_MS)) firing = firing.then(fire);
    }
  }, 1000);
  return {
    stop: async () => {
      clearInterval(timer);
      await firing;
    },
  };
}

const RANGES = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: MONTHS },
  { min: 1, max: 7, names: WEEKDAYS },
  { min: 1970, max: 2199, names: [] },
] as const;

/** One cron field: `*`, `?`, numbers or names, ranges, lists and steps. */
function parseField(field: string, index: number, expression: string): (value: number) => boolean {
  const range = RANGES[index];
  if (range === undefined || field === "*" || field === "?") return () => true;
  const numberOf = (text: string): number => {
    const named = range.names.findIndex((name) => name === text.toUpperCase());
    const number = named < 0 ? Number(text) : named + 1;
    if (!Number.isInteger(number) || number < range.min || number > range.max) {
      throw new InputError(
        `schedule "${expression}": ${field} can't be read; the local run knows numbers, names, , - / * ?`,
      );
    }
    return number;
  };
  const allowed = new Set<number>();
  for (const part of field.split(",")) {
    const [span = "", step] = part.split("/");
    const [from = "", to] = span === "*" ? [String(range.min), String(range.max)] : span.split("-");
    const first = numberOf(from);
    const last = to === undefined ? (step === undefined ? first : range.max) : numberOf(to);
    const increment = step === undefined ? 1 : Math.max(1, Number(step));
    if (!Number.isInteger(increment))
      throw new InputError(`schedule "${expression}": the step of ${field} is no number.`);
    for (let value = first; value <= last; value += increment) allowed.add(value);
  }
  return (value) => allowed.has(value);
}

interface WallClock {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 1 = Sunday, as AWS counts. */
  readonly weekday: number;
  readonly year: number;
}

function wallClockIn(timeZone: string): (at: number) => WallClock {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      weekday: "short",
    });
  } catch {
    throw new InputError(`schedule: "${timeZone}" is not a time zone.`);
  }
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
    return {
      minute: number("minute"),
      hour: number("hour"),
      day: number("day"),
      month: number("month"),
      weekday: WEEKDAYS.indexOf((parts.get("weekday") ?? "").toUpperCase()) + 1,
      year: number("year"),
    };
  };
}
