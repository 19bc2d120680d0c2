import { complianceWith } from "../evaluation.ts";
import type { Compliance, Evaluation } from "../evaluation.ts";
import type { Dimension, FindingCounts, KeyCounts, RepairCounts, SourceCounts, Summary } from "./summary.ts";
import { EMPTY_SUMMARY, mergeSources, mergeSummaries, NO_SOURCES } from "./summary.ts";

/** Which listings knew a resource. */
export interface KnownFrom {
  /** The type that was listed, e.g. `aws:*:*`. */
  readonly listedType: string;
  readonly inInventory: boolean;
  readonly inTagListing: boolean;
  readonly byEvent: boolean;
}

/** Counts evaluations one by one, so that none has to be kept. */
export interface Summariser {
  add(evaluation: Evaluation): void;
  sight(knownFrom: KnownFrom): void;
  countCall(action: string): void;
  countRows(rows: number): void;
  /** A resource of this type that is unknown, since its read came to this code. */
  countReadError(type: string, code: string): void;
  countNotTaggable(reason: string): void;
  /** A resource that a listing showed and its read didn't find. */
  countGone(listedType: string): void;
  countChange(change: keyof FindingCounts): void;
  countRepair(repair: keyof RepairCounts): void;
  /** A resource that lacks a required tag, and that the exemption at this position matches. */
  countExemption(position: number): void;
  /** Rows of this account's inventory count that may be so old, in milliseconds. */
  countAge(account: string, ageMs: number): void;
  /** Of this account only what carries a tag, or did, is listed. */
  seeTaggedOnly(account: string): void;
  note(sentence: string): void;
  summary(): Summary;
}

/** Forbidden keys counted apart in a shard; the findings name all of them. */
const MOST_FORBIDDEN = 1_000;

/** An empty summariser; its `summary()` is a copy of the counts so far. */
export function createSummariser(): Summariser {
  const evaluated = noCounts();
  const by: Record<Dimension, Map<string, Record<Compliance, number>>> = {
    provider: new Map(),
    type: new Map(),
    account: new Map(),
    region: new Map(),
    policy: new Map(),
  };
  const keys = new Map<string, { -readonly [K in keyof KeyCounts]: number }>();
  const forbidden = new Map<string, number>();
  const sources = new Map<string, { -readonly [K in keyof SourceCounts]: number }>();
  const calls = new Map<string, number>();
  const readErrors = new Map<string, number>();
  const notTaggable = new Map<string, number>();
  const gone = new Map<string, number>();
  const changes = { ...EMPTY_SUMMARY.changes };
  const repairs = { ...EMPTY_SUMMARY.repairs };
  const exemptions = new Map<string, number>();
  const taggedOnly = new Set<string>();
  const ages = new Map<string, number>();
  const notes = new Set<string>();
  let resources = 0;
  let rows = 0;

  const count = (dimension: Dimension, name: string, compliance: Compliance): void => {
    let counts = by[dimension].get(name);
    if (counts === undefined) by[dimension].set(name, (counts = noCounts()));
    counts[compliance] += 1;
  };
  const countKey = (key: string, what: keyof KeyCounts): void => {
    let counts = keys.get(key);
    if (counts === undefined) keys.set(key, (counts = { missing: 0, invalid: 0, nearMisses: 0 }));
    counts[what] += 1;
  };

  const countForbidden = (key: string): void => {
    // Of a fleet without rules each resource may have keys of its own.
    if (forbidden.has(key) || forbidden.size < MOST_FORBIDDEN) increment(forbidden, key);
  };

  return {
    add(evaluation) {
      const { compliance, type } = evaluation;
      resources += 1;
      evaluated[compliance] += 1;
      count("provider", type.slice(0, type.indexOf(":")), compliance);
      count("type", type, compliance);
      count("account", evaluation.account, compliance);
      count("region", evaluation.region, compliance);
      for (const policy of evaluation.policies) count("policy", policy, complianceWith(policy, evaluation));
      for (const key of evaluation.missing) countKey(key, "missing");
      for (const { key } of evaluation.invalid) countKey(key, "invalid");
      for (const { key } of evaluation.nearMisses) countKey(key, "nearMisses");
      for (const { key } of evaluation.forbidden ?? []) countForbidden(key);
    },
    sight({ listedType, inInventory, inTagListing, byEvent }) {
      let counts = sources.get(listedType);
      if (counts === undefined) sources.set(listedType, (counts = { ...NO_SOURCES }));
      if (inInventory) counts.inventory += 1;
      if (inTagListing) counts.tagListing += 1;
      if (byEvent) counts.events += 1;
      if (inInventory && !inTagListing && !byEvent) counts.onlyInventory += 1;
      if (inTagListing && !inInventory && !byEvent) counts.onlyTagListing += 1;
      if (byEvent && !inInventory && !inTagListing) counts.onlyEvents += 1;
    },
    countCall: (action) => increment(calls, action),
    countRows(more) {
      rows += more;
    },
    countReadError: (type, code) => increment(readErrors, `${type} ${code}`),
    countNotTaggable: (reason) => increment(notTaggable, reason),
    countGone: (listedType) => increment(gone, listedType),
    countChange(change) {
      changes[change] += 1;
    },
    countRepair(repair) {
      repairs[repair] += 1;
    },
    countExemption: (position) => increment(exemptions, String(position)),
    countAge(account, ageMs) {
      ages.set(account, Math.max(ageMs, ages.get(account) ?? 0));
    },
    seeTaggedOnly(account) {
      taggedOnly.add(account);
    },
    note(sentence) {
      notes.add(sentence);
    },
    // Merging with nothing sorts and copies.
    summary: () =>
      mergeSummaries({
        resources,
        evaluated,
        by: {
          provider: Object.fromEntries(by.provider),
          type: Object.fromEntries(by.type),
          account: Object.fromEntries(by.account),
          region: Object.fromEntries(by.region),
          policy: Object.fromEntries(by.policy),
        },
        keys: Object.fromEntries(keys),
        forbidden: Object.fromEntries(forbidden),
        coverage: {
          ...mergeSources(...sources.values()),
          byType: Object.fromEntries(sources),
          gone: Object.fromEntries(gone),
          taggedOnly: [...taggedOnly],
          inventoryAge: Object.fromEntries(ages),
          notes: [...notes],
        },
        calls: Object.fromEntries(calls),
        rows,
        readErrors: Object.fromEntries(readErrors),
        notTaggable: Object.fromEntries(notTaggable),
        gaps: [],
        changes,
        repairs,
        exemptions: Object.fromEntries(exemptions),
      }),
  };
}

function noCounts(): Record<Compliance, number> {
  return { ...EMPTY_SUMMARY.evaluated };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Counts of a set of evaluations that is small enough to hold, e.g. the state before a run. */
export function summarise(evaluations: Iterable<Evaluation>): Summary {
  const summariser = createSummariser();
  for (const evaluation of evaluations) summariser.add(evaluation);
  return summariser.summary();
}
