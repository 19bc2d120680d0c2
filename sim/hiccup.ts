import type { Dice } from "./dice.ts";

/**
 * What we lean on beside the clouds. `credentials`: whoever hands out keys (STS, secrets). `objects`: S3. `table`:
 * DynamoDB. `queue`: SQS, as far as something is sent.
 */
export type Helper = "credentials" | "objects" | "table" | "queue";

const HELPERS: readonly Helper[] = ["credentials", "objects", "table", "queue"];

/** Some helpers don't work for a while. */
export interface Hiccup {
  readonly helpers: readonly Helper[];
  readonly from: number;
  readonly until: number;
  /** How often a call fails, while it lasts. */
  readonly probability: number;
  /** How often what fails was done all the same. */
  readonly acts: number;
  /** How long a caller waits to be told, in milliseconds. */
  readonly ms: number;
}

/** The longest that our own clients wait for a store that doesn't answer: two attempts of 1.2 s, and a moment between. */
export const LONGEST_MS = 2_500;

/** One to three spells, of seconds or hours, alone or several at a time. */
export function drawHiccups(
  dice: Dice,
  { start, rushMs }: { readonly start: number; readonly rushMs: number },
): Hiccup[] {
  return Array.from({ length: dice.int(1, 3) }, () => {
    const from = start + dice.between(0, rushMs);
    const longest = dice.pick([10_000, 10_000, 120_000, 120_000, 1_200_000, 10_800_000]);
    return {
      helpers: dice.shuffle(HELPERS).slice(0, dice.pick([1, 1, 1, 2, 4])),
      from,
      until: from + dice.between(longest / 10, longest),
      probability: dice.pick([0.3, 0.9, 1, 1]),
      // A queue that takes copies for hours and never says so would fill up with them.
      acts: longest > 120_000 ? 0 : dice.pick([0, 0.5]),
      ms: dice.pick([20, 20, 500, LONGEST_MS]),
    };
  });
}

interface Stage {
  readonly scenario: { readonly hiccups: readonly Hiccup[] };
  readonly now: number;
  readonly dice: Dice;
}

/** The hiccup that a call to this helper meets, where it meets one. */
export function hiccupOf(helper: Helper, { scenario: { hiccups }, now, dice }: Stage): Hiccup | undefined {
  return hiccups.find(
    ({ helpers, from, until, probability }) =>
      now >= from && now < until && helpers.includes(helper) && dice.chance(probability),
  );
}
