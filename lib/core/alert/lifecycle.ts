import { compareSeverity, moreSevere, type Alert } from "./alert.ts";
import type { AlertSettings } from "./settings.ts";
import type { Severity } from "../policy/compiled.ts";

/** What people are told of an alert. `escalated`: it is more severe than when they were told last. */
export type Change = "opened" | "escalated" | "repeated" | "resolved";

/** A message about an alert that is due, or was sent. */
export interface Notice {
  readonly change: Change;
  /** The event that made it due; its redelivery makes nothing due again. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sent: boolean;
  /** Channels that have it already, while it could not be put on its way to others. */
  readonly told?: readonly string[];
  /** Why an alert is over although nobody has fixed anything. */
  readonly why?: string;
}

/** What is known of an alert over time. Times are milliseconds since the epoch. */
export interface AlertRecord {
  readonly alert: Alert;
  readonly state: "open" | "resolved";
  readonly openedAt: number;
  /** When it was raised last. */
  readonly raisedAt: number;
  readonly resolvedAt?: number;
  /** When people were last told that it is open, and as how severe. */
  readonly toldAt: number;
  readonly toldSeverity: Severity;
  /**
   * The highest severity under which people were told of it since it was opened: they are to hear of its end. Absent =
   * `toldSeverity`.
   */
  readonly gravest?: Severity;
  /** It was opened again and nobody was told: nobody needs to be told of its end either. */
  readonly silent: boolean;
  /** It was over before it was certain that people had been told of it: when it comes back, it is a new one. */
  readonly isUnheard?: true;
  readonly notice?: Notice;
  /** When somebody last looked; what was seen earlier changes nothing any more. */
  readonly seenAt: number;
  /** Counts changes. */
  readonly version: number;
}

/** Something that was noticed at a time. */
export interface Observed {
  /** The same when it is delivered again. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Patience = Pick<AlertSettings, "repeatHours" | "flapHours">;

const HOUR_MS = 3_600_000;

/** What is known once an alert was raised; the same record where that changes nothing. */
export function raise(
  record: AlertRecord | undefined,
  alert: Alert,
  { event, at }: Observed,
  patience: Patience,
): AlertRecord {
  const told = { toldAt: at, toldSeverity: alert.severity, gravest: alert.severity, silent: false };
  const due = (change: Change): Pick<AlertRecord, "notice"> => ({ notice: { change, event, at, sent: false } });
  if (record === undefined) {
    const times = { openedAt: at, raisedAt: at, seenAt: at };
    return { alert, state: "open", ...times, ...told, ...due("opened"), version: 1 };
  }
  if (at < record.seenAt) return record;
  const { resolvedAt: _, isUnheard: __, ...kept } = record;
  const open = { ...kept, alert, state: "open", raisedAt: at, seenAt: at, version: record.version + 1 } as const;
  if (record.state === "resolved" && !isFlapping(record, at, patience))
    return { ...open, openedAt: at, ...told, ...due("opened") };
  // What nobody has been told yet is told with what is known now.
  const { notice: waiting } = record;
  if (waiting?.sent === false && waiting.told === undefined && waiting.change !== "resolved") return open;
  const retold = { ...told, gravest: moreSevere(record.gravest ?? record.toldSeverity, alert.severity) };
  if (compareSeverity(alert.severity, record.toldSeverity) > 0) return { ...open, ...retold, ...due("escalated") };
  if (isToRepeat(record, alert, at, patience)) return { ...open, ...retold, ...due("repeated") };
  if (record.state === "open") return open;
  const { notice, ...silent } = open;
  // A resolution that nobody has heard of is none.
  return notice?.sent === false ? { ...silent, silent: record.silent } : { ...open, silent: true };
}

/**
 * Whether people are to be told again that an alert is open: its hours are over, or there is a new reason why nobody has
 * judged it, which is told once unless nobody knows that it is open.
 */
function isToRepeat(record: AlertRecord, alert: Alert, at: number, { repeatHours }: Patience): boolean {
  const isTime = at - record.toldAt >= repeatHours[alert.severity] * HOUR_MS && at > record.toldAt;
  const isNewReason = alert.unjudged !== undefined && alert.unjudged !== record.alert.unjudged;
  return isTime || (isNewReason && record.state === "open" && !record.silent);
}

/** Whether people were told not long ago that an alert which comes back now is over. */
function isFlapping({ resolvedAt = 0, isUnheard }: AlertRecord, at: number, { flapHours }: Patience): boolean {
  return isUnheard !== true && at - resolvedAt <= flapHours * HOUR_MS;
}

/**
 * What is known once an alert was found to be over; the same record where that changes nothing. `why`: where it is over
 * for another reason than that it was fixed.
 */
export function resolve(record: AlertRecord, { event, at }: Observed, why?: string): AlertRecord {
  if (record.state === "resolved" || at < record.seenAt) return record;
  const resolved = { ...record, state: "resolved", resolvedAt: at, seenAt: at, version: record.version + 1 } as const;
  const notice: Notice = { change: "resolved", event, at, sent: false, ...(why !== undefined && { why }) };
  if (record.silent) return resolved;
  const isUnheard = record.notice?.sent === false && record.notice.change === "opened";
  return { ...resolved, notice, ...(isUnheard && { isUnheard }) };
}

/** The record once its notice is on its way; `told` = to these channels alone, and still due for the others. */
export function markSent(record: AlertRecord, { event, change }: Notice, told?: readonly string[]): AlertRecord {
  const { notice } = record;
  if (notice === undefined || notice.sent || notice.event !== event || notice.change !== change) return record;
  const { told: before = [], ...rest } = notice;
  const after = told === undefined ? { ...rest, sent: true } : { ...rest, told: [...new Set([...before, ...told])] };
  return { ...record, notice: after, version: record.version + 1 };
}

export function isPending({ state, notice }: AlertRecord): boolean {
  return state === "open" || notice?.sent === false;
}

export function byKey(a: AlertRecord, b: AlertRecord): number {
  return a.alert.key < b.alert.key ? -1 : 1;
}
