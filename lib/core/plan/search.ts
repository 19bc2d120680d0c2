import type { Blocks } from "./blocks.ts";
import { dissolveCalls } from "./dissolve.ts";
import { bestPartition, type Grouping } from "./partition.ts";
import { rebuildCalls } from "./rebuild.ts";
import { emptyRouting, shift, type Routing } from "./routing.ts";
import { createSplitter, type SearchLimits, type Splitter } from "./split.ts";

const FAR_BEHIND = 1.5;

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

/**
 * The best partition of the keys, or one call per tag where there are too many, of all resources and of those that full batches leave over; then identical sets.
 * What begins far behind the best is not worth improving.
 */
function starts(blocks: Blocks, splitter: Splitter): Routing[] {
  const { cap } = blocks;
  const routings: Routing[] = [];
  const ofRest = bestPartition(blocks, ({ count }) => count % cap);
  routings.push(routingBy(blocks, ofRest ?? oneByOne));
  const ofAll = blocks.sets.some(({ count }) => count >= cap) ? bestPartition(blocks, ({ count }) => count) : undefined;
  if (ofAll !== undefined) routings.push(routingBy(blocks, ofAll, { peel: false }));
  routings.push(routingBy(blocks, (set) => splitter.split(set, () => 1) ?? [set.all]));
  const fewest = Math.min(...routings.map(({ calls }) => calls));
  return routings.filter(({ calls }) => calls <= fewest * FAR_BEHIND);
}

const oneByOne: Grouping = ({ size }) => Array.from({ length: size }, (_, tag) => 1 << tag);

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
