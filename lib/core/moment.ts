const DAY = /^\d{4}-\d\d-\d\d$/;
/** https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const RFC_3339 =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether `text` is a day of the calendar, YYYY-MM-DD: Date.parse takes 30 February for 2 March. */
export function isCalendarDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const start = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
}

/**
 * The moment that somebody wrote, in milliseconds since the epoch: a day, which means its start in UTC, or an RFC 3339
 * time, which names its offset. NaN for anything else: what Date.parse takes beyond these depends on the machine's time
 * zone, or on what it guesses.
 */
export function momentOf(text: string): number {
  const day = RFC_3339.exec(text)?.[1] ?? text;
  return isCalendarDay(day) ? Date.parse(text) : Number.NaN;
}
