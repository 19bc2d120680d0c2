import { type Route, type Routing, shift, spare, undo } from "./routing.ts";
import type { Splitter } from "./split.ts";

/** Blocks that a resource is in already cost next to nothing; among the others, those with much room come first. */
const KEPT = 0.001;
const NEW = 1;

/**
 * Takes calls away one by one: the least filled call is emptied by sending its resources to the spare room of others,
 * in as many blocks as that takes. Ends when no call can be emptied, or at the budget.
 */
export function dissolveCalls(routing: Routing, splitter: Splitter, budget: number): void {
  for (let improved = true; improved;) {
    improved = false;
    for (const block of blocksByFill(routing)) {
      if (splitter.steps >= budget) return;
      if (dissolve(routing, splitter, block)) improved = true;
    }
  }
}

function blocksByFill({ load, blocks: { cap } }: Routing): number[] {
  const inUse: number[] = [];
  for (let block = 1; block < load.length; block += 1) if ((load[block] ?? 0) > 0) inUse.push(block);
  const fill = (block: number) => (load[block] ?? 0) % cap || cap;
  return inUse.sort((a, b) => fill(a) - fill(b) || a - b);
}

function dissolve(routing: Routing, splitter: Splitter, block: number): boolean {
  const { load, users, done, blocks } = routing;
  let left = (load[block] ?? 0) % blocks.cap || Math.min(blocks.cap, load[block] ?? 0);
  if (left === 0) return false;
  const mark = done.length;
  // Rerouting adds to the users of other blocks and, as empty ones, of this.
  const present = [...(users[block] ?? [])];
  for (const route of present) {
    while (left > 0 && route.count > 0) {
      const moved = reroute(routing, splitter, { route, block, atMost: left });
      if (moved === 0) break;
      left -= moved;
    }
    if (left === 0) return true;
  }
  undo(routing, mark);
  return false;
}

function reroute(
  routing: Routing,
  splitter: Splitter,
  { route, block, atMost }: { route: Route; block: number; atMost: number },
): number {
  const { blocks } = routing;
  const set = blocks.sets[route.set];
  if (set === undefined) return 0;
  const masks = splitter.split(set, (candidate, mask) => {
    if (candidate === block) return Infinity;
    if (route.masks.includes(mask)) return KEPT;
    const room = spare(routing, candidate);
    return room === 0 ? Infinity : NEW + (1 - room / blocks.cap) / 2;
  });
  if (masks === undefined) return 0;
  let count = Math.min(atMost, route.count);
  for (const mask of masks) {
    if (!route.masks.includes(mask)) count = Math.min(count, spare(routing, set.blockOf[mask] ?? 0));
  }
  shift(routing, route.set, route.masks, -count);
  shift(routing, route.set, masks, count);
  return count;
}
