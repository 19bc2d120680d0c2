import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { emptyRouting, shift, spare, undo, type Routing } from "../../../lib/core/plan/routing.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

const cap = 4;
const blocks = numberBlocks(
  reducedOf(
    tagSetsOf([
      [0, 1, 2],
      [1, 2, 3],
      [0, 3],
    ]),
    { resourcesPerCall: cap },
  ),
);
const moves = fc.array(
  fc.record({
    set: fc.constantFrom(0, 1),
    masks: fc.constantFrom([0b111], [0b001, 0b110], [0b011, 0b100], [0b001, 0b010, 0b100]),
    count: fc.integer({ min: 1, max: 9 }),
  }),
);
const blockOf = (set: number, mask: number) => blocks.sets[set]?.blockOf[mask] ?? 0;
const snapshot = ({ load, calls, routes }: Routing) => ({
  load: [...load],
  calls,
  routes: routes.map((some) => some.filter(({ count }) => count !== 0).map(({ masks, count }) => [masks, count])),
});

test("a block is loaded with the resources of all routes through it, and calls are as many as the loads fill", () => {
  fc.assert(
    fc.property(moves, (some) => {
      const routing = emptyRouting(blocks);
      const loads = new Map<number, number>();
      for (const { set, masks, count } of some) {
        shift(routing, set, masks, count);
        for (const mask of masks) loads.set(blockOf(set, mask), (loads.get(blockOf(set, mask)) ?? 0) + count);
      }
      for (let block = 1; block < blocks.blockCount; block += 1) {
        const load = loads.get(block) ?? 0;
        expect(routing.load[block]).toBe(load);
        expect(spare(routing, block)).toBe(Math.ceil(load / cap) * cap - load);
        expect([...(routing.users[block] ?? [])].reduce((sum, { count }) => sum + count, 0)).toBe(load);
      }
      expect(routing.calls).toBe([...loads.values()].reduce((sum, load) => sum + Math.ceil(load / cap), 0));
    }),
  );
});

test("resources of a set that go the same way are one route", () => {
  const routing = emptyRouting(blocks);
  shift(routing, 0, [0b001, 0b110], 2);
  shift(routing, 0, [0b001, 0b110], 3);
  shift(routing, 0, [0b001, 0b010, 0b100], 1);
  expect(routing.routes[0]).toEqual([
    { set: 0, masks: [0b001, 0b110], count: 5 },
    { set: 0, masks: [0b001, 0b010, 0b100], count: 1 },
  ]);
});

test("undoing takes back what was done since the mark, and no more", () => {
  fc.assert(
    fc.property(moves, moves, (before, after) => {
      const routing = emptyRouting(blocks);
      for (const { set, masks, count } of before) shift(routing, set, masks, count);
      const then = snapshot(routing);
      const mark = routing.done.length;
      for (const { set, masks, count } of after) shift(routing, set, masks, count);
      undo(routing, mark);
      expect(snapshot(routing)).toEqual(then);
      expect(routing.done).toHaveLength(mark);
    }),
  );
});
