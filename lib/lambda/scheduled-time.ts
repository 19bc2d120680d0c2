/**
 * When the schedule meant to invoke this, in milliseconds since the epoch; undefined where the event is none of a
 * schedule's. Lambda invokes up to twice more where the first time failed, with the same event: so all of them are about
 * the same run.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function scheduledTime(event: unknown): number | undefined {
  if (typeof event !== "object" || event === null || !("scheduledTime" in event)) return undefined;
  const { scheduledTime: text } = event;
  const at = typeof text === "string" && /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
