import type { ResourceRef } from "./resource.ts";

/** How a resource left an invocation, the gravest first: a resource's outcome is the first that applies to one of its tags. */
export const OUTCOMES = [
  "failed",
  "rejected",
  "tagged",
  "report-only",
  "gone",
  "exempt",
  "compliant",
  "not-applicable",
] as const;

export type FinalOutcome = (typeof OUTCOMES)[number];

/** `redelivered` exists only within an invocation: the resource comes back with its message. */
export type Outcome = FinalOutcome | "redelivered";

export interface TagOutcome {
  readonly key: string;
  readonly outcome: Outcome;
  readonly value?: string;
  readonly code?: string;
}

export interface ResourceOutcome extends ResourceRef {
  readonly outcome: Outcome;
  readonly tags: readonly TagOutcome[];
  /** The provider's code, or ours, of what decided the outcome. */
  readonly code?: string;
  readonly message?: string;
}

/** The gravest of several final outcomes; undefined for none. */
export function gravest(outcomes: Iterable<FinalOutcome>): FinalOutcome | undefined {
  const seen = new Set(outcomes);
  return OUTCOMES.find((outcome) => seen.has(outcome));
}

/** Counts by outcome, only those that occur, in the order of `OUTCOMES`. Their sum is the number of resources. */
export function countOutcomes(resources: Iterable<{ readonly outcome: Outcome }>): Partial<Record<Outcome, number>> {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of resources) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const ordered: Outcome[] = [...OUTCOMES, "redelivered"];
  return Object.fromEntries(
    ordered.flatMap((outcome) => (counts.has(outcome) ? [[outcome, counts.get(outcome)]] : [])),
  );
}
