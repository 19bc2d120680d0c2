import { COMPLIANCES } from "../evaluation.ts";
import type { Compliance } from "../evaluation.ts";

/** Resources by compliance; all five are always there, and they sum to the resources counted. */
export type ComplianceCounts = Readonly<Record<Compliance, number>>;

/** What a resource can be grouped by. A resource counts under each policy that matches it. */
export const DIMENSIONS = ["provider", "type", "account", "region", "policy"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Resources on which a required key is missing or invalid, or on which another spelling of it stands. */
export interface KeyCounts {
  readonly missing: number;
  readonly invalid: number;
  readonly nearMisses: number;
}

/** How many resources each source knew. `inventory` = the list APIs, `tagListing` = tag rows, `events` = what events told of. */
export interface SourceCounts {
  readonly inventory: number;
  readonly tagListing: number;
  readonly events: number;
  readonly onlyInventory: number;
  readonly onlyTagListing: number;
  readonly onlyEvents: number;
}

export interface Coverage extends SourceCounts {
  readonly byType: Readonly<Record<string, SourceCounts>>;
  /** Resources that were listed but not found when their tags were read, by listed type. They are not evaluated. */
  readonly gone: Readonly<Record<string, number>>;
  /** Accounts of which only resources that carry a tag, or did, are listed; sorted. */
  readonly taggedOnly: readonly string[];
  /** Sentences about what this audit can't see, sorted. */
  readonly notes: readonly string[];
}

/**
 * How the findings differ from those that an earlier run left, in the listings (a type in a shard) that can be compared:
 * both runs have seen them.
 */
export interface FindingCounts {
  /** Listings that were compared, and those that an earlier run left nothing of. */
  readonly compared: number;
  readonly alone: number;
  /** First found by this run, or before and still within the grace of its policies. */
  readonly new: number;
  /** Those of the new ones that were found before. */
  readonly inGrace: number;
  readonly open: number;
  /** Findings then, and evaluated as something better now. */
  readonly fixed: number;
  /** Those of the fixed ones that the earlier run had sent to enforcement. */
  readonly repaired: number;
  /** Findings then whose resource is there no more. */
  readonly gone: number;
}

/** Findings that a policy with `repair: nightly` has something to write for. */
export interface RepairCounts {
  /** Sent to enforcement. */
  readonly sent: number;
  /** Not sent: `mode: report`, more than the write cap lets through in a day, or an audit that doesn't write. */
  readonly held: number;
}

/** A part of the run that is missing from it. */
export interface Gap {
  readonly shard: string;
  /** Absent = the whole shard. */
  readonly type?: string;
  readonly reason: string;
}

/**
 * What a set of evaluations comes to: plain JSON, small whatever the number of resources, and mergeable in any order
 * and grouping (docs/audit.md). Of two summaries to merge, no resource may be in both.
 */
export interface Summary {
  readonly resources: number;
  readonly evaluated: ComplianceCounts;
  readonly by: Readonly<Record<Dimension, Readonly<Record<string, ComplianceCounts>>>>;
  readonly keys: Readonly<Record<string, KeyCounts>>;
  readonly coverage: Coverage;
  /** API calls by action, failed ones included. */
  readonly calls: Readonly<Record<string, number>>;
  /** Rows that the tag listings returned. */
  readonly rows: number;
  /** Why tags are unknown: resources by `type code`. */
  readonly readErrors: Readonly<Record<string, number>>;
  /** Why resources can't be tagged at all: resources by reason. */
  readonly notTaggable: Readonly<Record<string, number>>;
  readonly gaps: readonly Gap[];
  readonly changes: FindingCounts;
  readonly repairs: RepairCounts;
  /** Resources that lack a required tag, by the position of each exemption that matches them, expired ones too. */
  readonly exemptions: Readonly<Record<string, number>>;
}

const NO_CHANGES: FindingCounts = {
  compared: 0,
  alone: 0,
  new: 0,
  inGrace: 0,
  open: 0,
  fixed: 0,
  repaired: 0,
  gone: 0,
};
const NO_COUNTS: ComplianceCounts = { compliant: 0, noncompliant: 0, exempt: 0, "not-applicable": 0, unknown: 0 };

/** No resource at all. */
export const NO_SOURCES: SourceCounts = {
  inventory: 0,
  tagListing: 0,
  events: 0,
  onlyInventory: 0,
  onlyTagListing: 0,
  onlyEvents: 0,
};

/** The summary of nothing: merging it changes nothing. */
export const EMPTY_SUMMARY: Summary = {
  resources: 0,
  evaluated: NO_COUNTS,
  by: { provider: {}, type: {}, account: {}, region: {}, policy: {} },
  keys: {},
  coverage: { ...NO_SOURCES, byType: {}, gone: {}, taggedOnly: [], notes: [] },
  calls: {},
  rows: 0,
  readErrors: {},
  notTaggable: {},
  gaps: [],
  changes: NO_CHANGES,
  repairs: { sent: 0, held: 0 },
  exemptions: {},
};

/** compliant ÷ (compliant + noncompliant), or undefined where there is neither. */
export function complianceOf(counts: ComplianceCounts): number | undefined {
  const judged = counts.compliant + counts.noncompliant;
  return judged === 0 ? undefined : counts.compliant / judged;
}

/** Associative and commutative, with `EMPTY_SUMMARY` as its neutral element. */
export function mergeSummaries(a: Summary, b: Summary): Summary {
  return {
    resources: a.resources + b.resources,
    evaluated: addCompliances(a.evaluated, b.evaluated),
    by: {
      provider: mergeRecords(a.by.provider, b.by.provider, addCompliances),
      type: mergeRecords(a.by.type, b.by.type, addCompliances),
      account: mergeRecords(a.by.account, b.by.account, addCompliances),
      region: mergeRecords(a.by.region, b.by.region, addCompliances),
      policy: mergeRecords(a.by.policy, b.by.policy, addCompliances),
    },
    keys: mergeRecords(a.keys, b.keys, (x, y) => ({
      missing: x.missing + y.missing,
      invalid: x.invalid + y.invalid,
      nearMisses: x.nearMisses + y.nearMisses,
    })),
    coverage: {
      ...addSources(a.coverage, b.coverage),
      byType: mergeRecords(a.coverage.byType, b.coverage.byType, addSources),
      gone: mergeRecords(a.coverage.gone, b.coverage.gone, add),
      taggedOnly: union(a.coverage.taggedOnly, b.coverage.taggedOnly),
      notes: union(a.coverage.notes, b.coverage.notes),
    },
    calls: mergeRecords(a.calls, b.calls, add),
    rows: a.rows + b.rows,
    readErrors: mergeRecords(a.readErrors, b.readErrors, add),
    notTaggable: mergeRecords(a.notTaggable, b.notTaggable, add),
    gaps: [...a.gaps, ...b.gaps].sort(byGap),
    changes: addChanges(a.changes, b.changes),
    repairs: { sent: a.repairs.sent + b.repairs.sent, held: a.repairs.held + b.repairs.held },
    exemptions: mergeRecords(a.exemptions, b.exemptions, add),
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function add(a: number, b: number): number {
  return a + b;
}

function addCompliances(a: ComplianceCounts, b: ComplianceCounts): ComplianceCounts {
  const sum: Record<Compliance, number> = { ...NO_COUNTS };
  for (const compliance of COMPLIANCES) sum[compliance] = a[compliance] + b[compliance];
  return sum;
}

function addChanges(a: FindingCounts, b: FindingCounts): FindingCounts {
  return {
    compared: a.compared + b.compared,
    alone: a.alone + b.alone,
    new: a.new + b.new,
    inGrace: a.inGrace + b.inGrace,
    open: a.open + b.open,
    fixed: a.fixed + b.fixed,
    repaired: a.repaired + b.repaired,
    gone: a.gone + b.gone,
  };
}

export function addSources(a: SourceCounts, b: SourceCounts): SourceCounts {
  return {
    inventory: a.inventory + b.inventory,
    tagListing: a.tagListing + b.tagListing,
    events: a.events + b.events,
    onlyInventory: a.onlyInventory + b.onlyInventory,
    onlyTagListing: a.onlyTagListing + b.onlyTagListing,
    onlyEvents: a.onlyEvents + b.onlyEvents,
  };
}

/** Sorted by key, so that the order of merging leaves no trace; through a Map, so that no key is special. */
function mergeRecords<V>(
  a: Readonly<Record<string, V>>,
  b: Readonly<Record<string, V>>,
  plus: (x: V, y: V) => V,
): Record<string, V> {
  const merged = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const other = merged.get(key);
    merged.set(key, other === undefined ? value : plus(other, value));
  }
  return sortedRecord(merged);
}

/** An object with its keys in UTF-16 order. A key `__proto__` stays an own property. */
export function sortedRecord<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byGap(a: Gap, b: Gap): number {
  const [x, y] = [gapKey(a), gapKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function gapKey(gap: Gap): string {
  return JSON.stringify([gap.shard, gap.type ?? "", gap.reason]);
}
