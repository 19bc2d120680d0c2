/** Shards of a run whose states are kept together: few enough for an item of a kilobyte, which is what a write costs. */
const SHARDS_PER_GROUP = 64;

/** A shard and its place in the plan of its run. */
export type PlacedShard = readonly [number: number, id: string];

/**
 * The shards of a run in groups, so that counting one that has ended costs the same in a run of any size. Which group a
 * shard is in follows from its id alone. Undefined where one group would hold them all.
 */
export function groupShards(shards: readonly string[]): readonly (readonly PlacedShard[])[] | undefined {
  const count = Math.ceil(shards.length / SHARDS_PER_GROUP);
  if (count < 2) return undefined;
  const groups = Array.from({ length: count }, (): PlacedShard[] => []);
  for (const [number, id] of shards.entries()) groups[groupOf(id, count)]?.push([number, id]);
  return groups;
}

/** The group that a shard is in, of so many: FNV-1a, which spreads ids that differ in a digit. */
export function groupOf(shard: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < shard.length; at += 1) hash = Math.imul(hash ^ shard.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}

/** The ids of all shards as the plan has them. */
export function shardsIn(groups: Iterable<readonly PlacedShard[]>): string[] {
  const shards: string[] = [];
  for (const group of groups) for (const [number, id] of group) shards[number] = id;
  return shards;
}
