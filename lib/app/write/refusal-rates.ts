import type { TagBatch } from "../../core/tag-batch.ts";

type BatchScope = Pick<TagBatch, "type" | "account" | "region" | "resourceIds">;

/** Remembers, for one invocation, how many resources of each account, region and API were refused. */
export interface RefusalRates {
  /** How many of these are likely to be refused. */
  expected(batch: BatchScope): number;
  /** What calls have shown; resources that were known to be bad before say nothing of the others. */
  note(batch: BatchScope, shown: { readonly taken: number; readonly refused: number }): void;
}

/** `actionOf` = the name of the API that a batch is sent to: several types may share one. */
export function createRefusalRates(actionOf: (batch: BatchScope) => string): RefusalRates {
  const shown = new Map<string, { bad: number; tested: number }>();
  const shownOf = (batch: BatchScope) => {
    const key = JSON.stringify([actionOf(batch), batch.account, batch.region]);
    const known = shown.get(key);
    if (known !== undefined) return known;
    const counts = { bad: 0, tested: 0 };
    shown.set(key, counts);
    return counts;
  };
  return {
    expected: (batch) => expectedBad(shownOf(batch), batch.resourceIds.length),
    note(batch, { taken, refused }) {
      const counts = shownOf(batch);
      counts.bad += refused;
      counts.tested += taken + refused;
    },
  };
}

/** What calls have shown of resources of one kind. */
export interface TestedResources {
  readonly bad: number;
  /** Good and bad. */
  readonly tested: number;
}

/**
 * How many bad ones a batch of `size` resources is likely to have, if it has the same share of them as those that were
 * tested. It is presumed besides that one more batch was tested and held one: so nothing tested means one, and a single
 * odd batch doesn't decide for all that follow it.
 */
export function expectedBad({ bad, tested }: TestedResources, size: number): number {
  return ((bad + 1) * size) / (tested + size);
}
