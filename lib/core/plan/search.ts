import type { Blocks } from "./blocks.ts";
import { dissolveCalls } from "./dissolve.ts";
import { bestPartition, type Grouping } from "./partition.ts";
import { rebuildCalls } from "./rebuild.ts";
import { emptyRouting, shift, type Routing } from "./routing.ts";
import { createSplitter, type SearchLimits, type Splitter } from "./split.ts";

/**
 * Looks for a routing with few calls: several simple ones are improved as long as calls can be emptied into the spare
 * room of others; then a few calls of the best are broken up and rebuilt, over and over.
 */
export function searchRouting(blocks: Blocks, { steps, lowerBound }: SearchLimits): Routing {
  const splitter = createSplitter();
  const routings = starts(blocks, splitter);
  const [first = emptyRouting(blocks)] = routings;
  let best = first;
  for (const routing of routings) {
    dissolveCalls(routing, splitter, steps);
    if (routing.calls < best.calls) best = routing;
    if (best.calls <= lowerBound) return best;
  }
  rebuildCalls(best, splitter, { steps, lowerBound });
  return best;
}

/** Identical sets; then the best partition of the keys, of all resources and of those that full batches leave over. */
function starts(blocks: Blocks, splitter: Splitter): Routing[] {
  const routings = [routingBy(blocks, (set) => splitter.split(set, () => 1) ?? [set.all])];
  const { cap } = blocks;
  const ofRest = bestPartition(blocks, ({ count }) => count % cap);
  if (ofRest !== undefined) routings.push(routingBy(blocks, ofRest));
  if (!blocks.sets.some(({ count }) => count >= cap)) return routings;
  const ofAll = bestPartition(blocks, ({ count }) => count);
  if (ofAll !== undefined) routings.push(routingBy(blocks, ofAll, { peel: false }));
  return routings;
}

/** Sends full batches of identical sets whole, and groups the rest. */
function routingBy(blocks: Blocks, grouping: Grouping, { peel } = { peel: true }): Routing {
  const routing = emptyRouting(blocks);
  for (const [index, set] of blocks.sets.entries()) {
    const rest = peel && set.fits(set.all) ? set.count % blocks.cap : set.count;
    if (rest < set.count) shift(routing, index, [set.all], set.count - rest);
    if (rest > 0) shift(routing, index, grouping(set), rest);
  }
  routing.done.length = 0;
  return routing;
}
