import { anyGlobMatcher } from "../glob.ts";
import { ownerKey } from "../report/owner.ts";
import type { Severity } from "../policy/compiled.ts";
import { bySeverity, compareSeverity, type Alert } from "./alert.ts";
import { clipped } from "../clip.ts";
import type { AlertRecord, Change, Notice } from "./lifecycle.ts";
import type { AlertChannel, AlertSettings } from "./settings.ts";
import { asJudged } from "./unjudged.ts";

/** What one message says: everything that one event made due for one channel and owner. */
export interface Digest {
  /** The same for the same event, channel, owner and changes. */
  readonly id: string;
  /** Name of the channel. */
  readonly channel: string;
  /** Set where this owner's alerts have a channel of their own. */
  readonly owner?: string;
  /** The audit run, where it was one that made it due. */
  readonly run?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly counts: Readonly<Record<Change, number>>;
  /** The most severe first within each change; at most `MOST_ENTRIES` in all, the counts are of all. */
  readonly entries: readonly DigestEntry[];
  /** Where the report of the run is. */
  readonly reportUrl?: string;
}

export interface DigestEntry {
  readonly change: Change;
  /** Why it is over, where nobody has fixed it. */
  readonly why?: string;
  /** Its text cut to what a message can hold, and its first resources alone. */
  readonly alert: Alert;
  /** How many resources it is about; a few more than a hundred are not counted. */
  readonly resources: number;
}

/** A record whose notice is to be sent. */
export type DueRecord = AlertRecord & { readonly notice: Notice };

/** More than any channel shows; the report has the rest. */
const MOST_ENTRIES = 60;
/** Resources named with an entry. */
const RESOURCES_NAMED = 10;

/** The order in which changes are told. */
export const CHANGES: readonly Change[] = ["escalated", "opened", "repeated", "resolved"];

export interface BuiltDigest {
  readonly digest: Digest;
  /** The records that it tells of. */
  readonly records: readonly DueRecord[];
}

/**
 * One digest for each event, channel and owner with a route of its own, who is told by the first of the spellings that
 * differ in case alone. All other owners' alerts are in the digest of the fallback channels. `hash` makes the id: a
 * short text that is fit for a header.
 */
export function buildDigests(
  due: readonly DueRecord[],
  settings: Pick<AlertSettings, "channels" | "routes" | "fallback" | "reportUrl">,
  hash: (text: string) => string,
): BuiltDigest[] {
  const channels = new Map(settings.channels.map((channel) => [channel.name, channel]));
  const routes = settings.routes.map((route) => ({ ...route, isFor: anyGlobMatcher(route.owners.map(ownerKey)) }));
  const groups = new Map<
    string,
    { channel: AlertChannel; owner: string | undefined; event: string; records: DueRecord[] }
  >();
  for (const record of due) {
    const { owner } = record.alert;
    const route = owner === undefined ? undefined : routes.find(({ isFor }) => isFor(ownerKey(owner)));
    for (const name of new Set(route?.channels ?? settings.fallback)) {
      const channel = channels.get(name);
      if (channel === undefined || compareSeverity(toldAs(record), channel.leastSeverity) < 0) continue;
      if (record.notice.told?.includes(name) === true) continue;
      const own = route === undefined ? undefined : owner;
      const key = JSON.stringify([record.notice.event, name, own === undefined ? null : ownerKey(own)]);
      const group = groups.get(key) ?? { channel, owner: own, event: record.notice.event, records: [] };
      group.records.push(record);
      groups.set(key, group);
    }
  }
  return [...groups].map(([key, { channel, owner, records }]) => ({
    records,
    digest: digestOf(hash(`${key} ${toldBy(records)}`), channel.name, owner, records, settings.reportUrl),
  }));
}

/** Whoever heard of an alert when it was more severe hears of its end. */
function toldAs({ notice, toldSeverity, gravest = toldSeverity }: DueRecord): Severity {
  return notice.change === "resolved" ? gravest : toldSeverity;
}

/**
 * What a digest tells, so that the same has the same id. One that had to be sent before all of its event was recorded
 * must not be taken for the whole.
 */
function toldBy(records: readonly DueRecord[]): string {
  const told = records.map(({ alert, notice }) => JSON.stringify([alert.key, notice.change, notice.at]));
  return told.sort().join("\n");
}

function digestOf(
  id: string,
  channel: string,
  owner: string | undefined,
  records: readonly DueRecord[],
  reportUrl: string | undefined,
): Digest {
  const entries = records
    .map(({ alert, notice: { change, why } }): DigestEntry => ({
      change,
      ...(why !== undefined && { why }),
      ...cut(alert),
    }))
    .sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) || bySeverity(a.alert, b.alert));
  const counts = { opened: 0, escalated: 0, repeated: 0, resolved: 0 };
  for (const { change } of entries) counts[change] += 1;
  const at = new Date(Math.max(...records.map(({ notice }) => notice.at))).toISOString();
  const run = entries.find(({ alert }) => alert.source === "report")?.alert.run;
  const link = run === undefined ? undefined : reportUrl?.replaceAll("{run}", encodeURIComponent(run));
  return {
    id,
    channel,
    ...(owner !== undefined && { owner }),
    ...(run !== undefined && { run }),
    at,
    counts,
    entries: entries.slice(0, MOST_ENTRIES),
    ...(link !== undefined && { reportUrl: link }),
  };
}

const LONGEST = { key: 1_000, title: 300, text: 1_000, name: 200 };

/** Names come from clouds and people, and a digest must fit into one message of a queue. */
function cut(alert: Alert): Pick<DigestEntry, "alert" | "resources"> {
  const { key, unjudged, scope, owner, resources } = alert;
  const { title, text } = asJudged(alert);
  return {
    resources: resources.length,
    alert: {
      ...alert,
      key: clipped(key, LONGEST.key),
      title: clipped(title, LONGEST.title),
      text: clipped(text, LONGEST.text),
      ...(unjudged !== undefined && { unjudged: clipped(unjudged, LONGEST.text) }),
      scope: clipped(scope, LONGEST.title),
      ...(owner !== undefined && { owner: clipped(owner, LONGEST.name) }),
      resources: resources
        .slice(0, RESOURCES_NAMED)
        .map(({ type, account, region, id }) => ({ type, account, region, id: clipped(id, LONGEST.name) })),
    },
  };
}
