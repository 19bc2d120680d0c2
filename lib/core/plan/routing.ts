import type { Blocks } from "./blocks.ts";

/** Some resources of one tag set, whose tags are split into the same blocks. */
export interface Route {
  readonly set: number;
  /** Masks of the set, disjoint, together all of its tags. */
  readonly masks: readonly number[];
  count: number;
}

/**
 * A whole plan, as counts: how many resources of each set go which way, and how many resources each block holds. It is
 * changed in place, because a search tries thousands of changes; `undo` takes back what was done since a mark.
 */
export interface Routing {
  readonly blocks: Blocks;
  /** By set. */
  readonly routes: readonly Route[][];
  /** By block: how many resources it is sent to. */
  readonly load: Int32Array;
  /** Calls that the loads need. */
  calls: number;
  /** Moves since the beginning, so that they can be taken back. */
  readonly done: { readonly set: number; readonly masks: readonly number[]; readonly count: number }[];
  /** Which routes use a block; routes that have become empty may still be listed. */
  readonly users: (Set<Route> | undefined)[];
}

export function emptyRouting(blocks: Blocks): Routing {
  return {
    blocks,
    routes: blocks.sets.map(() => []),
    load: new Int32Array(blocks.blockCount),
    calls: 0,
    done: [],
    users: Array.from({ length: blocks.blockCount }, () => undefined),
  };
}

/** Sends `count` more resources of a set this way; a negative count takes them off it. */
export function shift(routing: Routing, set: number, masks: readonly number[], count: number): void {
  apply(routing, set, masks, count);
  routing.done.push({ set, masks, count });
}

/** Takes back all that was done since `done` was this long. */
export function undo(routing: Routing, mark: number): void {
  while (routing.done.length > mark) {
    const move = routing.done.pop();
    if (move !== undefined) apply(routing, move.set, move.masks, -move.count);
  }
}

function apply(routing: Routing, set: number, masks: readonly number[], count: number): void {
  const { blocks, load, users } = routing;
  const blockOf = blocks.sets[set]?.blockOf;
  if (blockOf === undefined) return;
  const route = routeFor(routing, set, masks);
  route.count += count;
  for (const mask of masks) {
    const block = blockOf[mask] ?? 0;
    const before = load[block] ?? 0;
    const after = before + count;
    load[block] = after;
    routing.calls += Math.ceil(after / blocks.cap) - Math.ceil(before / blocks.cap);
    const known = users[block];
    if (known !== undefined) known.add(route);
    else users[block] = new Set([route]);
  }
}

function routeFor(routing: Routing, set: number, masks: readonly number[]): Route {
  const routes = routing.routes[set] ?? [];
  for (const route of routes) if (sameMasks(route.masks, masks)) return route;
  const route = { set, masks, count: 0 };
  routes.push(route);
  return route;
}

function sameMasks(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** How many more resources the last call of this block has room for; 0 where it has none or no call. */
export function spare(routing: Routing, block: number): number {
  const over = (routing.load[block] ?? 0) % routing.blocks.cap;
  return over === 0 ? 0 : routing.blocks.cap - over;
}
