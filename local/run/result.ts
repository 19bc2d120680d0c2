import { countOutcomes, type Outcome, type ResourceOutcome } from "../../lib/core/outcome.ts";
import type { Report, ReportGroup } from "../../lib/core/report/report.ts";
import { resourceKey, type ResourceRef } from "../../lib/core/resource.ts";
import type { AlertsTold } from "./alert-receiver.ts";

/** How many resources the policies judged, and how many of them were compliant. */
export interface Judged {
  readonly compliant: number;
  readonly judged: number;
}

/**
 * One provider or policy, before and after. Some resources are deleted and some created in between, so the counts say
 * what shares alone would hide.
 */
export interface ComplianceChange {
  readonly name: string;
  readonly before: Judged;
  readonly after: Judged;
  /** Why it has matched nothing in the end. */
  readonly note?: string;
}

/** A resource that left enforcement otherwise than it should have. */
export interface UnexpectedOutcome extends ResourceRef {
  readonly expected: string;
  readonly outcome: string;
  readonly code?: string;
  readonly message?: string;
}

/** What the scenario put there on purpose, beside what became of it. */
export interface Planted {
  /** What is so about these resources, as `no tags at all`. */
  readonly what: string;
  readonly resources: number;
  readonly outcomes: Partial<Record<Outcome, number>>;
  /** How many of them ended otherwise than planned. */
  readonly otherwise: number;
}

/** A required tag that a resource still lacks, and why. */
export interface LackingTag {
  readonly key: string;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly message?: string;
}

/** What became of one resource: the tags that it got, and those that it still lacks. */
export interface ResourceEnd extends ResourceRef {
  readonly outcome: Outcome;
  readonly written: Readonly<Record<string, string>>;
  readonly lacks: readonly LackingTag[];
  /** Of what decided the outcome. */
  readonly code?: string;
  readonly message?: string;
}

/** What the local run did; `local --format json` prints the first of its fields. */
export interface LocalResult {
  readonly resources: number;
  /** Each resource once, by the last outcome of the first delivery. */
  readonly outcomes: Partial<Record<Outcome, number>>;
  /** Requests to the embedded clouds, by action. */
  readonly calls: Readonly<Record<string, number>>;
  /** Resources to which at least one tag was written. */
  readonly writes: number;
  readonly compliance: { readonly before: number | null; readonly after: number | null };
  /** Path of the report after enforcement. */
  readonly report: string;
  /** Path of the same report as a page for a browser. */
  readonly page: string;
  /** Path of `ends`, one JSON object a line. */
  readonly details: string;
  /** True where everything came as expected. */
  readonly expected: boolean;
  /** Empty where nobody knows beforehand what is to happen: with other events or policies than the scenario's own. */
  readonly planted: readonly Planted[];
  /** Each resource once, in the order in which they came to an end. */
  readonly ends: readonly ResourceEnd[];

  /** Findings of the audit after the events that its repair had fixed by the next one: no event told of them. */
  readonly repaired: number;
  readonly byProvider: readonly ComplianceChange[];
  readonly byPolicy: readonly ComplianceChange[];
  /** Parts of the audit that are missing, and why; those that the scenario has planted stand apart. */
  readonly gaps: readonly string[];
  readonly plantedGaps: readonly string[];
  /** What the same events did when they were delivered once more. */
  readonly again: { readonly outcomes: Partial<Record<Outcome, number>>; readonly writes: number };
  readonly unexpected: readonly UnexpectedOutcome[];
  readonly messages: {
    readonly sent: number;
    /** Delivered twice in the first round. */
    readonly duplicates: number;
    /** Events that created nothing. */
    readonly notCreations: number;
    readonly unreadable: readonly { readonly index: number; readonly reason: string }[];
    /** By queue. */
    readonly deadLetters: Readonly<Record<string, number>>;
    /** How many of them tell of resources that ended as `failed`, as they should. */
    readonly explained: number;
  };
  /** Invocations that failed as a whole. */
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  /** What the chats of the run were told. */
  readonly alerts: AlertsTold;
  readonly durationMs: number;
}

/** The last outcome of each resource, by `resourceKey`. */
export type LastOutcomes = ReadonlyMap<string, ResourceOutcome>;

export function countLast(outcomes: LastOutcomes): Partial<Record<Outcome, number>> {
  return countOutcomes(outcomes.values());
}

/** Resources that got at least one tag, in any of these records. */
export function countWritten(records: Iterable<readonly ResourceOutcome[]>): number {
  const written = new Set<string>();
  for (const resources of records) {
    for (const resource of resources) {
      if (resource.tags.some(({ outcome }) => outcome === "tagged")) written.add(resourceKey(resource));
    }
  }
  return written.size;
}

/** How a resource may leave enforcement: with one of these outcomes (empty = any final one), and with this code if there is one. */
export interface Expectation {
  readonly ref: ResourceRef;
  readonly outcomes: readonly string[];
  readonly code?: string | undefined;
}

/**
 * Resources whose last outcome is not as expected. A resource without any outcome was lost, which is never expected.
 */
export function findUnexpected(
  expected: ReadonlyMap<string, Expectation>,
  outcomes: LastOutcomes,
): UnexpectedOutcome[] {
  const unexpected: UnexpectedOutcome[] = [];
  for (const [key, { ref, outcomes: wanted, code }] of expected) {
    const got = outcomes.get(key);
    const isFinal = got !== undefined && got.outcome !== "redelivered";
    const isWanted = isFinal && (wanted.length === 0 || wanted.includes(got.outcome));
    if (isWanted && (code === undefined || got.code === code)) continue;
    const { type, account, region, id } = ref;
    unexpected.push({
      type,
      account,
      region,
      id,
      expected: `${wanted.join(" or ") || "a final outcome"}${code === undefined ? "" : ` (${code})`}`,
      outcome: got?.outcome ?? "none",
      ...(got?.code === undefined ? {} : { code: got.code }),
      ...(got?.message === undefined ? {} : { message: got.message }),
    });
  }
  return unexpected;
}

const NOBODY: Judged = { compliant: 0, judged: 0 };

function judgedIn({ evaluated: { compliant, noncompliant } }: ReportGroup): Judged {
  return { compliant, judged: compliant + noncompliant };
}

export function compareReports(before: Report, after: Report, dimension: "provider" | "policy"): ComplianceChange[] {
  const earlier = new Map(before.by[dimension].map((group) => [group.name, judgedIn(group)]));
  const later = new Map(after.by[dimension].map((group) => [group.name, group]));
  return [...new Set([...earlier.keys(), ...later.keys()])].sort().map((name) => {
    const end = later.get(name);
    const change = { name, before: earlier.get(name) ?? NOBODY, after: end === undefined ? NOBODY : judgedIn(end) };
    return end?.note === undefined ? change : { ...change, note: end.note };
  });
}
