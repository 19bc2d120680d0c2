import { COMPLIANCES } from "../evaluation.ts";
import type { Compliance } from "../evaluation.ts";
import { counts, eachKey, fields, highest, sortedBy, sum, union } from "./merge.ts";
import type { Merge } from "./merge.ts";

/** Resources by compliance; all five are always there, and they sum to the resources counted. */
export type ComplianceCounts = Readonly<Record<Compliance, number>>;

/** What a resource can be grouped by. It counts under each policy that matches it, as that policy finds it. */
export type Dimension = "provider" | "type" | "account" | "region" | "policy";

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

/**
 * Whether a report is about all that there is. `incomplete`: parts of the run are missing. `partly-seen`: every part was
 * listed to its end, and yet there may be resources that no listing shows.
 */
export type CoverageState = "complete" | "partly-seen" | "incomplete";

export interface Coverage extends SourceCounts {
  readonly byType: Readonly<Record<string, SourceCounts>>;
  /** Resources that were listed but not found when their tags were read, by listed type. They are not evaluated. */
  readonly gone: Readonly<Record<string, number>>;
  /** Accounts of which only resources that carry a tag, or did, are listed; sorted. */
  readonly taggedOnly: readonly string[];
  /**
   * How old the inventory may be whose rows count, in milliseconds, by account. In reports absent where none is; what
   * earlier versions wrote doesn't say.
   */
  readonly inventoryAge?: Readonly<Record<string, number>>;
  /** Sentences about what this audit can't see, sorted. */
  readonly notes: readonly string[];
  /** Only in reports, and not in those of earlier versions: whether they are about all that there is. */
  readonly state?: CoverageState;
  /** Only in reports: listings that show nothing, which doesn't prove that there is nothing. Absent = there is none. */
  readonly unproven?: readonly Gap[];
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
  /** Found first by this run, by nothing but requirements that the earlier run's policies didn't have. */
  readonly added: number;
  readonly open: number;
  /** Those that were found before and of which this run found something broken first that was asked before. */
  readonly newlyBroken: number;
  /** Findings then, or known as ones that nobody judged, and good now by every policy that they broke. */
  readonly fixed: number;
  /** Those of the fixed ones that the earlier run had sent to enforcement. */
  readonly repaired: number;
  /** Findings then whose resource is there no more. */
  readonly gone: number;
  /** Findings then that an exemption covers now. */
  readonly exempted: number;
  /** Findings then that a policy which they broke doesn't match any more, or doesn't ask for the key. */
  readonly unjudged: number;
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
  /** It was listed and shows nothing, which doesn't prove that there is nothing. */
  readonly unproven?: true;
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
  /** Resources that carry a key which a policy forbids, by key. */
  readonly forbidden: Readonly<Record<string, number>>;
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

const compliances: Merge<ComplianceCounts> = counts(...COMPLIANCES);
const grouped = eachKey(compliances);
const ofSources = {
  inventory: sum,
  tagListing: sum,
  events: sum,
  onlyInventory: sum,
  onlyTagListing: sum,
  onlyEvents: sum,
};

export const mergeSources: Merge<SourceCounts> = fields(ofSources);

/** Associative and commutative, with `EMPTY_SUMMARY` as its neutral element. */
export const mergeSummaries: Merge<Summary> = fields({
  resources: sum,
  evaluated: compliances,
  by: fields({ provider: grouped, type: grouped, account: grouped, region: grouped, policy: grouped }),
  keys: eachKey(counts("missing", "invalid", "nearMisses")),
  forbidden: eachKey(sum),
  coverage: fields<Omit<Coverage, "state" | "unproven">>({
    ...ofSources,
    byType: eachKey(mergeSources),
    gone: eachKey(sum),
    taggedOnly: union,
    inventoryAge: eachKey(highest),
    notes: union,
  }),
  calls: eachKey(sum),
  rows: sum,
  readErrors: eachKey(sum),
  notTaggable: eachKey(sum),
  gaps: sortedBy(({ shard, type = "", reason }: Gap) => JSON.stringify([shard, type, reason])),
  changes: counts(
    "compared",
    "alone",
    "new",
    "inGrace",
    "open",
    "fixed",
    "repaired",
    "gone",
    "exempted",
    "unjudged",
    "added",
    "newlyBroken",
  ),
  repairs: counts("sent", "held"),
  exemptions: eachKey(sum),
});

/** The summary of nothing: merging it changes nothing. */
export const EMPTY_SUMMARY = mergeSummaries();

/** No resource at all. */
export const NO_SOURCES = mergeSources();

/** compliant ÷ (compliant + noncompliant), or undefined where there is neither. */
export function complianceOf(counts: ComplianceCounts): number | undefined {
  const judged = counts.compliant + counts.noncompliant;
  return judged === 0 ? undefined : counts.compliant / judged;
}
