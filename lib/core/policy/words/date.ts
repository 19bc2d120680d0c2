import type { CompiledDate, CompiledDay } from "../compiled.ts";

const DAY_MS = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** How many days a date, YYYY-MM-DD, is from 1970-01-01; undefined for other text, and for days that no calendar has. */
export function dayOf(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / DAY_MS : undefined;
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
