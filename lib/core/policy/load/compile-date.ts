import type { CompiledDate, CompiledDay } from "../compiled.ts";
import { dayOf } from "../words/date.ts";
import type { DateSource } from "./schema.ts";

/** Compiles what a date must be; what can't be is said. */
export function compileDate(
  { after, before, within }: DateSource,
  problem: (field: "after" | "before" | undefined, message: string) => void,
): CompiledDate {
  const bound = (field: "after" | "before", text: string): CompiledDay => {
    const day = compileDay(text);
    if (typeof day === "string" && dayOf(day) === undefined) problem(field, `${day} is no day of the calendar`);
    return day;
  };
  const date: CompiledDate = {
    ...(after !== undefined && { after: bound("after", after) }),
    ...(before !== undefined && { before: bound("before", before) }),
    ...(within !== undefined && { within: Number.parseInt(within) }),
  };
  if (isNever(date)) problem(undefined, "no day can ever be within these bounds");
  return date;
}

function compileDay(text: string): CompiledDay {
  if (!text.startsWith("today")) return text;
  return text === "today" ? 0 : Number.parseInt(text.slice("today".length));
}

/** Of a day and one that counts from today nobody knows which comes first. */
function isNever({ after, before, within = Number.POSITIVE_INFINITY }: CompiledDate): boolean {
  const isEmpty = (earliest: number | undefined, latest: number | undefined): boolean =>
    earliest !== undefined && latest !== undefined && latest - earliest < 2;
  if (typeof after === "string" && typeof before === "string") return isEmpty(dayOf(after), dayOf(before));
  const [from, to] = [typeof after === "number" ? after : undefined, typeof before === "number" ? before : undefined];
  return isEmpty(from, to) || (from !== undefined && from >= within) || (to !== undefined && to <= -within);
}
