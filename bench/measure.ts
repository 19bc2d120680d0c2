/** One line of `npm run bench`: what was measured, what it is held against, and whether the goal is met. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** A lower bound that physics or the platform sets. */
  readonly floor?: { readonly name: string; readonly value: number };
  /** Another way of doing the same, measured in the same run. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** `value` ÷ the floor's or peer's value. */
  readonly ratio?: number;
  /** In words, e.g. `ratio >= 0.7`. */
  readonly goal?: string;
  readonly met?: boolean;
}

/**
 * Measures several ways of doing something in turn, round by round, so that a busy moment of the machine hits all of
 * them alike; returns the median of each, in milliseconds a call.
 */
export async function medians(
  ways: Readonly<Record<string, () => unknown>>,
  {
    rounds = 9,
    warmUp = 2,
    clock = () => performance.now(),
  }: { readonly rounds?: number; readonly warmUp?: number; readonly clock?: () => number } = {},
): Promise<Record<string, number>> {
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = clock();
      await way();
      const took = clock() - start;
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  return Object.fromEntries([...times].map(([name, took]) => [name, median(took)]));
}

/** The CPU time of this process in milliseconds, all of its threads: what others do on the machine isn't in it. */
export function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Rounds to `digits` significant digits, for figures that people read. */
export function significant(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
