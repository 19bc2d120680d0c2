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
  const positions = new Set<number>();
  if (total < rowsPerPage || excess === 0) return positions;
  const found = fewestOf(rows, excess, rowsPerPage);
  // Leaving out a page's worth or more would only move the calls elsewhere.
  if (found === undefined || found.count > candidates.length / 2) return positions;
  for (let one = found; one.others !== undefined; one = one.others) positions.add(one.index);
  return positions;
}

/** The fewest positions whose rows come to `excess`, beyond whole pages. */
function fewestOf(rows: readonly number[], excess: number, rowsPerPage: number): Positions | undefined {
  // best[r]: the fewest positions so far whose rows come to r.
  const best: (Positions | undefined)[] = Array.from({ length: rowsPerPage });
  best[0] = NO_POSITIONS;
  // Fewer than that never do, so once that is reached, the rest needn't be looked at.
  const fewest = Math.ceil(excess / Math.max(...rows));
  for (const [index, n] of rows.entries()) {
    if (n === 0) continue;
    const before = best.slice();
    for (let r = 0; r < rowsPerPage; r += 1) {
      const others = before[r];
      if (others === undefined) continue;
      const reached = (r + n) % rowsPerPage;
      const count = others.count + 1;
      if (isMore(best[reached], count)) best[reached] = { index, others, count };
    }
    if (!isMore(best[excess], fewest)) break;
  }
  return best[excess];
}

function isMore(positions: Positions | undefined, count: number): boolean {
  return positions === undefined || positions.count > count;
}

/** Positions as a chain, so that those that begin alike share their beginning. */
interface Positions {
  readonly index: number;
  readonly others: Positions | undefined;
  readonly count: number;
}

const NO_POSITIONS: Positions = { index: -1, others: undefined, count: 0 };
