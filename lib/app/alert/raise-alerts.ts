import type { Alert } from "../../core/alert/alert.ts";
import { buildDigests, type BuiltDigest, type Digest, type DueRecord } from "../../core/alert/digest.ts";
import { markSent, raise, resolve, type AlertRecord, type Observed } from "../../core/alert/lifecycle.ts";
import type { AlertSettings } from "../../core/alert/settings.ts";
import { withEarlier } from "../../core/alert/trouble-alerts.ts";
import { concurrently } from "../cloud/concurrently.ts";
import type { AlertStates } from "../ports/alerts.ts";

export interface RaiseDeps {
  readonly states: AlertStates;
  readonly settings: AlertSettings;
  /** A short text that is fit for a header; other texts give others. */
  readonly hash: (text: string) => string;
  /** Puts a digest on its way, those of other channels at the same time. What it throws leaves the digest due. */
  readonly dispatch: (digest: Digest) => Promise<void>;
  /** A notice that is still not sent after so long is one whose sender has crashed. Default a minute. */
  readonly leaseMs?: number;
}

/** Alerts that were noticed at one moment, and which of the pending ones are over. */
export interface Noticed extends Observed {
  readonly alerts: readonly Alert[];
  readonly isOver: (record: AlertRecord) => boolean;
  /** A sentence for people, where an alert is over although nobody has fixed anything. */
  readonly whyOver?: (record: AlertRecord) => string | undefined;
}

export interface Raised {
  readonly digests: readonly Digest[];
  /** Why digests could not be put on their way; they stay due. */
  readonly failures: readonly unknown[];
}

/** Others may change an alert between our read and our write. Then we read it again, at most this often. */
const MOST_TRIES = 20;
const AT_ONCE = 8;
const LEASE_MS = 60_000;

/**
 * Records what was noticed and puts a digest on its way to each channel and owner that has to be told. A crash at
 * any point is healed by the same event delivered again, or by the next one: a notice is due until its digests are on
 * their way.
 */
export async function raiseAlerts(noticed: Noticed, deps: RaiseDeps): Promise<Raised> {
  const { states, settings } = deps;
  const pending = new Map((await states.pending()).map((record) => [record.alert.key, record]));
  const current = new Map(pending);
  const raisedKeys = new Set(noticed.alerts.map(({ key }) => key));
  const over = [...pending.values()].filter((record) => !raisedKeys.has(record.alert.key) && noticed.isOver(record));
  const steps: (() => Promise<void>)[] = [
    ...noticed.alerts.map((alert) => async () => {
      const step = (known: AlertRecord | undefined) => raise(known, joined(alert, known), noticed, settings);
      const record = await change(alert.key, step, pending.get(alert.key), states);
      if (record !== undefined) current.set(alert.key, record);
    }),
    ...over.map((record) => async () => {
      const step = (known: AlertRecord | undefined) => known && resolve(known, noticed, noticed.whyOver?.(known));
      const { key } = record.alert;
      const resolved = await change(key, step, record, states);
      if (resolved !== undefined) current.set(key, resolved);
    }),
  ];
  await concurrently(steps, AT_ONCE, (step) => step());
  return dispatchDue([...current.values()], noticed, deps);
}

/** While it is open, an alert of enforcement gathers resources; a report always tells all of it. */
function joined(alert: Alert, known: AlertRecord | undefined): Alert {
  return alert.source === "enforcement" && known?.state === "open" ? withEarlier(alert, known.alert) : alert;
}

async function dispatchDue(records: readonly AlertRecord[], noticed: Observed, deps: RaiseDeps): Promise<Raised> {
  const { settings, hash, dispatch, states, leaseMs = LEASE_MS } = deps;
  const { event, at } = noticed;
  const due = records.filter(isDue).filter(({ notice }) => notice.event === event || at - notice.at >= leaseMs);
  const built = buildDigests(due, settings, hash);
  const refusals = await dispatched(built, dispatch);
  const undelivered = new Set<string>();
  const reached = new Map<string, string[]>();
  const digests: Digest[] = [];
  for (const one of built) {
    const { digest, records: told } = one;
    if (refusals.has(one)) {
      for (const { alert } of told) undelivered.add(alert.key);
      continue;
    }
    digests.push(digest);
    for (const { alert } of told) reached.set(alert.key, [...(reached.get(alert.key) ?? []), digest.channel]);
  }
  await concurrently(due, AT_ONCE, async ({ alert: { key }, notice }) => {
    // One broken channel must not make the others hear it twice.
    const told = undelivered.has(key) ? (reached.get(key) ?? []) : undefined;
    if (told?.length === 0) return;
    await change(key, (known) => known && markSent(known, notice, told), undefined, states);
  });
  return { digests, failures: built.filter((one) => refusals.has(one)).map((one) => refusals.get(one)) };
}

/**
 * Puts digests on their way, and answers why some could not be. Channels don't wait for each other; what goes to one of
 * them goes in its order.
 */
async function dispatched(
  built: readonly BuiltDigest[],
  dispatch: RaiseDeps["dispatch"],
): Promise<ReadonlyMap<BuiltDigest, unknown>> {
  const refusals = new Map<BuiltDigest, unknown>();
  const lanes = Map.groupBy(built, ({ digest }) => digest.channel);
  const sendAll = async (lane: readonly BuiltDigest[]): Promise<void> => {
    for (const one of lane) {
      try {
        await dispatch(one.digest);
      } catch (error) {
        refusals.set(one, error);
      }
    }
  };
  await Promise.all([...lanes.values()].map(sendAll));
  return refusals;
}

function isDue(record: AlertRecord): record is DueRecord {
  return record.notice?.sent === false;
}

/** Changes one record, again where somebody else was faster. */
async function change(
  key: string,
  step: (record: AlertRecord | undefined) => AlertRecord | undefined,
  guess: AlertRecord | undefined,
  states: AlertStates,
): Promise<AlertRecord | undefined> {
  let known = guess;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    known ??= await states.read(key);
    const next = step(known);
    if (next === undefined || next === known || (await states.write(next))) return next;
    known = undefined;
  }
  throw new Error(`alert ${key}: others change it all the time`);
}
