import { type Routing, shift, spare, undo } from "./routing.ts";
import type { SearchLimits, Splitter } from "./split.ts";
import { seededRandom } from "../seeded-random.ts";

/** A place in a call that is there anyway, against a share of a new call. */
const SPARE_PLACE = 0.004;
/** How far chance may lower the price of a new call, so that not every rebuild goes the same way. */
const NOISE = 0.3;
const MOST_CALLS = 4;
const MOST_ROUNDS = 1_000_000;

/**
 * Looks for fewer calls by breaking up a few calls at random and building them anew, and keeps what isn't worse
 * (ruin and recreate). The random numbers are seeded, and the budget counts steps, so the same input gives the same plan.
 */
export function rebuildCalls(routing: Routing, splitter: Splitter, { steps, lowerBound }: SearchLimits): void {
  const random = seededRandom(1);
  const active = activeBlocks(routing);
  const pending = new Int32Array(routing.blocks.blockCount);
  for (let round = 1; splitter.steps < steps && round < MOST_ROUNDS; round += 1) {
    if (routing.calls <= lowerBound || active.length < 2) return;
    if (round % 64 === 0) active.splice(0, active.length, ...activeBlocks(routing));
    const before = routing.calls;
    const mark = routing.done.length;
    const loose = ruin(routing, active, random);
    recreate({ routing, splitter, random, pending }, loose);
    if (routing.calls > before) undo(routing, mark);
    else routing.done.length = 0;
  }
}

function activeBlocks({ load }: Routing): number[] {
  const active: number[] = [];
  for (let block = 1; block < load.length; block += 1) if ((load[block] ?? 0) > 0) active.push(block);
  return active;
}

/** Takes the resources of the last calls of a few blocks off all of their routes: set → how many. */
function ruin(routing: Routing, active: readonly number[], random: () => number): Map<number, number> {
  const loose = new Map<number, number>();
  const calls = 1 + Math.floor(random() * MOST_CALLS);
  for (let call = 0; call < calls; call += 1) {
    const block = active[Math.floor(random() * active.length)] ?? 0;
    const load = routing.load[block] ?? 0;
    let left = load % routing.blocks.cap || Math.min(load, routing.blocks.cap);
    const users = [...(routing.users[block] ?? [])];
    for (const route of users) {
      if (left === 0) break;
      const count = Math.min(left, route.count);
      if (count === 0) continue;
      shift(routing, route.set, route.masks, -count);
      loose.set(route.set, (loose.get(route.set) ?? 0) + count);
      left -= count;
    }
  }
  return loose;
}

interface Workshop {
  readonly routing: Routing;
  readonly splitter: Splitter;
  readonly random: () => number;
  /** By block: how many loose resources could use it. Zero between rebuilds. */
  readonly pending: Int32Array;
}

function recreate({ routing, splitter, random, pending }: Workshop, loose: ReadonlyMap<number, number>): void {
  const { sets, cap } = routing.blocks;
  const addPending = (index: number, count: number) => {
    const set = sets[index];
    if (set === undefined) return;
    for (let mask = 1; mask <= set.all; mask += 1) {
      const block = set.blockOf[mask] ?? 0;
      pending[block] = (pending[block] ?? 0) + count;
    }
  };
  for (const [index, count] of loose) addPending(index, count);
  const largestFirst = [...loose].sort(([a], [b]) => (sets[b]?.size ?? 0) - (sets[a]?.size ?? 0) || a - b);
  for (const [index, count] of largestFirst) {
    const set = sets[index];
    if (set === undefined) continue;
    for (let left = count; left > 0;) {
      const masks = splitter.split(set, (block) =>
        spare(routing, block) > 0 ? SPARE_PLACE : (1 - NOISE * random()) / Math.min(cap, pending[block] ?? 1),
      );
      if (masks === undefined) throw new Error("a tag set can't be split into calls");
      let room = left;
      for (const mask of masks) room = Math.min(room, spare(routing, set.blockOf[mask] ?? 0) || cap);
      shift(routing, index, masks, room);
      left -= room;
    }
    addPending(index, -count);
  }
}
