/** A resource whose tags are to be read; `tagCount` = the rows that it is known to have, absent = not known. */
export interface CountedId {
  readonly id: string;
  readonly tagCount?: number | undefined;
}

export interface PackLimits {
  readonly idsPerCall: number;
  readonly rowsPerPage: number;
}

/**
 * Splits ids into batches for reading their tags in few calls. A batch costs a call per page, and its last page is
 * half empty on average; so from each full batch as few ids as possible are put off to the next one, such that the
 * rows of those that stay fill their pages exactly. Ids with an unknown count are taken to fill a page's share.
 */
export function packIds<Id extends CountedId>(ids: readonly Id[], { idsPerCall, rowsPerPage }: PackLimits): Id[][] {
  if (idsPerCall === 1) return ids.map((id) => [id]);
  const batches: Id[][] = [];
  let waiting = [...ids];
  while (waiting.length > 0) {
    const candidates = waiting.slice(0, idsPerCall);
    const rest = waiting.slice(idsPerCall);
    const putOff = rest.length === 0 ? new Set<number>() : surplus(candidates, rowsPerPage);
    batches.push(candidates.filter((_, index) => !putOff.has(index)));
    waiting = [...candidates.filter((_, index) => putOff.has(index)), ...rest];
  }
  return batches;
}

/** The fewest positions to leave out so that the other rows are a multiple of the page; none where that can't be. */
function surplus(candidates: readonly CountedId[], rowsPerPage: number): ReadonlySet<number> {
  const rows = candidates.map(({ tagCount }) => tagCount ?? 0);
  const total = rows.reduce((sum, n) => sum + n, 0);
  const excess = total % rowsPerPage;
  if (total < rowsPerPage || excess === 0) return new Set();
  // best[r]: the fewest positions whose rows come to r, beyond whole pages.
  const best: (readonly number[] | undefined)[] = Array.from({ length: rowsPerPage });
  best[0] = [];
  rows.forEach((n, index) => {
    if (n === 0) return;
    const before = [...best];
    before.forEach((positions, r) => {
      if (positions === undefined) return;
      const reached = (r + n) % rowsPerPage;
      if ((best[reached]?.length ?? Infinity) > positions.length + 1) best[reached] = [...positions, index];
    });
  });
  const found = best[excess] ?? [];
  // Leaving out a page's worth or more would only move the calls elsewhere.
  return found.length > candidates.length / 2 ? new Set() : new Set(found);
}
