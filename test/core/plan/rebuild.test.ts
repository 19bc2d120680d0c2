import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { rebuildCalls } from "../../../lib/core/plan/rebuild.ts";
import { emptyRouting, shift, type Routing } from "../../../lib/core/plan/routing.ts";
import { createSplitter } from "../../../lib/core/plan/split.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

/** All pairs and the triple of four tags, so many resources of each, one call for each set. */
function identicalSets(count: number, cap: number): Routing {
  const sets = tagSetsOf([[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]);
  const routing = emptyRouting(numberBlocks(reducedOf(sets, { resourcesPerCall: cap })));
  for (const [index, { all }] of routing.blocks.sets.entries()) shift(routing, index, [all], count);
  routing.done.length = 0;
  return routing;
}

const counts = ({ routes }: Routing) => routes.map((some) => some.reduce((sum, { count }) => sum + count, 0));

test("calls that are broken up and built anew end in fewer calls", () => {
  // 7 sets of one resource: the calls for three single tags have room for everybody.
  const routing = identicalSets(1, 10);
  rebuildCalls(routing, createSplitter(), { steps: 200_000, lowerBound: 3 });
  expect(routing.calls).toBe(3);
  expect(counts(routing)).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test("there are never more calls than before, and every resource keeps all of its tags", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 }), (count, cap) => {
      const routing = identicalSets(count, cap);
      const before = routing.calls;
      rebuildCalls(routing, createSplitter(), { steps: 20_000, lowerBound: 0 });
      expect(routing.calls).toBeLessThanOrEqual(before);
      expect(counts(routing)).toEqual(Array.from({ length: 7 }, () => count));
      const loads = new Map<number, number>();
      for (const [index, some] of routing.routes.entries()) {
        const set = routing.blocks.sets[index];
        for (const { masks, count: going } of some) {
          expect(going).toBeGreaterThanOrEqual(0);
          expect(masks.reduce((sum, mask) => sum + mask, 0)).toBe(set?.all);
          for (const mask of masks) {
            const block = set?.blockOf[mask] ?? 0;
            loads.set(block, (loads.get(block) ?? 0) + going);
          }
        }
      }
      expect(routing.calls).toBe([...loads.values()].reduce((sum, load) => sum + Math.ceil(load / cap), 0));
    }),
  );
});

test("it stops as soon as no routing can have fewer calls", () => {
  const splitter = createSplitter();
  rebuildCalls(identicalSets(1, 10), splitter, { steps: 200_000, lowerBound: 7 });
  expect(splitter.steps).toBe(0);
  const some = createSplitter();
  rebuildCalls(identicalSets(1, 10), some, { steps: 200_000, lowerBound: 3 });
  expect(some.steps).toBeGreaterThan(0);
  expect(some.steps).toBeLessThan(100_000);
});

test("it uses up its steps, and no more than a round beyond", () => {
  const splitter = createSplitter();
  rebuildCalls(identicalSets(5, 10), splitter, { steps: 50_000, lowerBound: 0 });
  expect(splitter.steps).toBeGreaterThanOrEqual(50_000);
  expect(splitter.steps).toBeLessThan(60_000);
});

test("a single call is left alone", () => {
  const sets = tagSetsOf([[0, 1]]);
  const routing = emptyRouting(numberBlocks(reducedOf(sets, { resourcesPerCall: 10 })));
  shift(routing, 0, [0b11], 1);
  const splitter = createSplitter();
  rebuildCalls(routing, splitter, { steps: 1_000, lowerBound: 0 });
  expect(splitter.steps).toBe(0);
});

test("a set that fits no calls is an error", () => {
  const sets = tagSetsOf([[0], [1]]);
  const routing = emptyRouting(numberBlocks(reducedOf(sets, { tagsPerCall: 0 })));
  for (const index of [0, 1]) shift(routing, index, [0b1], 1);
  expect(() => rebuildCalls(routing, createSplitter(), { steps: 1_000, lowerBound: 0 })).toThrow("can't be split");
});
