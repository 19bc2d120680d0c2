/**
 * `round`: a tag may be put back. `fight`: it has been put back as often as it may within a day. `ours`: somebody has
 * changed it by a command of ours, and means it.
 */
export type RoundAnswer = "round" | "fight" | "ours";

/** What is kept of one tag of one resource. */
export interface RoundRecord {
  /** The events of the rounds of this day; each counts once, however often it is delivered. */
  readonly events: readonly string[];
  /** When the first of them began the day, in milliseconds since the epoch. */
  readonly since: number;
  /** When a command of ours last changed the tag. */
  readonly oursAt?: number;
}

/** How often a tag comes back within a day. Whoever takes it off once more means it, or is a program that won't stop. */
export const MOST_ROUNDS = 3;

const DAY_MS = 24 * 3_600_000;

/**
 * How far the time of an event may lie from that of our command: commands retry for minutes, and clocks differ. What
 * somebody else does to the same tag within it counts as ours, and stays as it is.
 */
const AROUND_OURS_MS = 15 * 60_000;

/** After so long nothing of a record counts any more, however late its event is: messages come back for days at most. */
export const ROUNDS_KEPT_MS = 15 * DAY_MS;

/**
 * Whether a tag may be put back, and what is to be kept of it then; without `next` all stays as it is. All times are
 * milliseconds since the epoch; without `changedAt` nobody knows when the tag was changed.
 */
export function nextRound(
  record: RoundRecord | undefined,
  { eventId, changedAt }: { readonly eventId: string; readonly changedAt?: number },
  at: number,
): { readonly answer: RoundAnswer; readonly next?: RoundRecord } {
  const { oursAt } = record ?? {};
  if (oursAt !== undefined && Math.abs((changedAt ?? oursAt) - oursAt) <= AROUND_OURS_MS) return { answer: "ours" };
  const isToday = record !== undefined && record.events.length > 0 && at - record.since < DAY_MS;
  const events = isToday ? record.events : [];
  if (events.includes(eventId)) return { answer: "round" };
  if (events.length >= MOST_ROUNDS) return { answer: "fight" };
  const ours = oursAt === undefined ? {} : { oursAt };
  return { answer: "round", next: { events: [...events, eventId], since: isToday ? record.since : at, ...ours } };
}
