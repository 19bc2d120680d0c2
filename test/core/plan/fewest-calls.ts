/** What a resource lacks: key → value. */
export type Lacks = Readonly<Record<string, string>>;

export interface Limits {
  readonly cap: number;
  readonly tagsPerCall: number;
}

/** Nodes of the search tree after which an instance counts as too hard. */
const MOST_NODES = 5_000;

/**
 * The fewest calls there can be, by branch and bound; undefined where that takes too long. It shares nothing with the
 * planner: resource by resource, each way to split its tags into calls is tried against a rising number of calls, and
 * given up as soon as the calls that carry some key, and those that don't, are too many together.
 */
export function fewestCalls(resources: readonly Lacks[], { cap, tagsPerCall }: Limits): number | undefined {
  const rows = resources
    .map((lacks) =>
      Object.entries(lacks)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    )
    .filter((tags) => tags.length > 0)
    .sort((a, b) => b.length - a.length || (a.join() < b.join() ? -1 : 1));
  const splits = rows.map((tags) =>
    splitsOf(tags).filter((split) => split.every((call) => call.length <= tagsPerCall)),
  );
  const counts = new Map<string, number>();
  for (const tag of rows.flat()) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const keys = Object.groupBy(counts.keys(), keyOf);
  const loads = new Map<string, number>();
  let nodes = 0;
  let seen = new Set<string>();

  function atLeast(): number {
    const callsOf = [...loads].map(([name, load]) => ({ tags: name.split(","), calls: Math.ceil(load / cap) }));
    let most = callsOf.reduce((sum, { calls }) => sum + calls, 0);
    for (const tags of Object.values(keys)) {
      let carry = 0;
      const others = callsOf.filter((call) => !call.tags.some((tag) => tags?.includes(tag)));
      for (const tag of tags ?? []) {
        const sent = callsOf.filter((call) => call.tags.includes(tag)).reduce((sum, { calls }) => sum + calls, 0);
        carry += Math.max(sent, Math.ceil((counts.get(tag) ?? 0) / cap));
      }
      most = Math.max(most, carry + others.reduce((sum, { calls }) => sum + calls, 0));
    }
    return most;
  }

  function reaches(target: number, row: number): boolean {
    nodes += 1;
    if (nodes > MOST_NODES || atLeast() > target) return false;
    if (row === rows.length) return true;
    const state = `${row}|${[...loads]
      .filter(([, load]) => load > 0)
      .map(([name, load]) => `${name}:${load}`)
      .sort()
      .join(";")}`;
    if (seen.has(state)) return false;
    seen.add(state);
    for (const split of splits[row] ?? []) {
      for (const call of split) loads.set(call.join(), (loads.get(call.join()) ?? 0) + 1);
      const reached = reaches(target, row + 1);
      for (const call of split) {
        const load = (loads.get(call.join()) ?? 0) - 1;
        if (load === 0) loads.delete(call.join());
        else loads.set(call.join(), load);
      }
      if (reached) return true;
    }
    return false;
  }

  for (let target = 0; ; target += 1) {
    seen = new Set();
    if (reaches(target, 0)) return target;
    if (nodes > MOST_NODES) return undefined;
  }
}

function keyOf(tag: string): string {
  return tag.slice(0, tag.indexOf("="));
}

/** Every way to split a list into non-empty groups. */
function splitsOf(tags: readonly string[]): string[][][] {
  const [first, ...others] = tags;
  if (first === undefined) return [[]];
  return splitsOf(others).flatMap((split) => [
    [[first], ...split],
    ...split.map((group, at) => split.with(at, [first, ...group])),
  ]);
}
