import type { Violation } from "./violation.ts";
import { worlds, type WorldName } from "./worlds.ts";

/** A schedule that broke a rule. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** The sum of many schedules of one world. */
export interface Tally {
  schedules: number;
  readonly counts: Record<string, number>;
  readonly failures: Failure[];
}

export function emptyTally(): Tally {
  return { schedules: 0, counts: {}, failures: [] };
}

/** Adds one tally to another. */
export function addTally(sum: Tally, { schedules, counts, failures }: Tally): void {
  sum.schedules += schedules;
  addCounts(sum, counts);
  sum.failures.push(...failures);
}

function addCounts(sum: Tally, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
}

/** Plays the schedules of so many seeds in a row. */
export async function runMany(world: WorldName, from: number, seeds: number): Promise<Tally> {
  const tally = emptyTally();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations, counts } = await worlds[world].play(seed);
    tally.schedules += 1;
    addCounts(tally, counts);
    if (violations.length > 0) tally.failures.push({ seed, violations });
  }
  return tally;
}
