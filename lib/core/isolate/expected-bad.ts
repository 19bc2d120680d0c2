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
