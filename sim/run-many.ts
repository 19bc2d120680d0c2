import { simulate } from "./enforce/simulate.ts";
import type { Counts } from "./enforce/simulation.ts";
import type { Violation } from "./violation.ts";

/** A schedule that broke a rule. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** The sum of many schedules. */
export interface Tally {
  schedules: number;
  readonly counts: Counts;
  readonly failures: Failure[];
}

export function emptyTally(): Tally {
  const counts = { invocations: 0, crashes: 0, calls: 0, writes: 0, raced: 0, lagged: 0, deadLetters: 0, outcomes: 0 };
  return { schedules: 0, counts, failures: [] };
}

/** Adds one tally to another. */
export function addTally(sum: Tally, { schedules, counts, failures }: Tally): void {
  sum.schedules += schedules;
  for (const name of Object.keys(counts) as (keyof Counts)[]) sum.counts[name] += counts[name];
  sum.failures.push(...failures);
}

/** Plays the schedules of so many seeds in a row. */
export async function runMany(from: number, seeds: number): Promise<Tally> {
  const tally = emptyTally();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations, counts } = await simulate(seed);
    addTally(tally, { schedules: 1, counts, failures: violations.length > 0 ? [{ seed, violations }] : [] });
  }
  return tally;
}
