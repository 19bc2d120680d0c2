import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { numberBlocks } from "../../../lib/core/plan/blocks.ts";
import { dissolveCalls } from "../../../lib/core/plan/dissolve.ts";
import { emptyRouting, shift, type Routing } from "../../../lib/core/plan/routing.ts";
import { createSplitter } from "../../../lib/core/plan/split.ts";
import { reducedOf, tagSetsOf } from "./tag-sets.ts";

type Way = readonly [parts: readonly string[], count: number];

const tagsOf = (name: string) => [...name].map((letter) => letter.charCodeAt(0) - "a".charCodeAt(0));

/** Resources that miss the tags of all parts together and are in a call for each part: `["ab", "c"]` = a and b in one call, c in another. */
function routed(ways: readonly Way[], cap: number): Routing {
  const names = [...new Set(ways.map(([parts]) => [...parts.join("")].sort().join("")))];
  const routing = emptyRouting(numberBlocks(reducedOf(tagSetsOf(names.map(tagsOf)), { resourcesPerCall: cap })));
  for (const [parts, count] of ways) {
    const name = [...parts.join("")].sort().join("");
    const masks = parts.map((part) => tagsOf(part).reduce((mask, tag) => mask | (1 << tagsOf(name).indexOf(tag)), 0));
    shift(routing, names.indexOf(name), masks, count);
  }
  routing.done.length = 0;
  return routing;
}

/** Tags of a block → resources in it. */
function loads({ blocks, load, routes }: Routing, ways: readonly Way[]): Record<string, number> {
  const names = [...new Set(ways.map(([parts]) => [...parts.join("")].sort().join("")))];
  const found = routes.flatMap((some, set) =>
    some.flatMap(({ masks }) =>
      masks.map((mask): [string, number] => [
        [...(names[set] ?? "")].filter((_, bit) => ((mask >> bit) & 1) === 1).join(""),
        load[blocks.sets[set]?.blockOf[mask] ?? 0] ?? 0,
      ]),
    ),
  );
  return Object.fromEntries(found.filter(([, count]) => count > 0));
}

function dissolved(ways: readonly Way[], cap: number, budget = Infinity) {
  const routing = routed(ways, cap);
  dissolveCalls(routing, createSplitter(), budget);
  return { calls: routing.calls, loads: loads(routing, ways) };
}

test("a call is emptied into the spare room of others", () => {
  expect(
    dissolved(
      [
        [["ab"], 3],
        [["a"], 5],
        [["b"], 6],
      ],
      10,
    ),
  ).toEqual({ calls: 2, loads: { a: 8, b: 9 } });
});

test("only the last call of a block is, and the full ones stay", () => {
  expect(
    dissolved(
      [
        [["ab"], 12],
        [["a"], 5],
        [["b"], 6],
      ],
      10,
    ),
  ).toEqual({ calls: 3, loads: { ab: 10, a: 7, b: 8 } });
});

test("a call that others have no room for stays as it was", () => {
  const ways: Way[] = [
    [["ab"], 5],
    [["a"], 5],
    [["b"], 6],
  ];
  expect(dissolved(ways, 10)).toEqual({ calls: 3, loads: { ab: 5, a: 5, b: 6 } });
});

test("a full call is emptied, too, where there is room for all of it", () => {
  expect(
    dissolved(
      [
        [["ab"], 4],
        [["a"], 9],
        [["b"], 9],
      ].map(([a, b]) => [a, b] as Way),
      4,
    ),
  ).toMatchObject({ calls: 7 });
  expect(
    dissolved(
      [
        [["abc"], 2],
        [["ab"], 1],
        [["c"], 1],
        [["a"], 1],
        [["bc"], 1],
      ],
      2,
    ),
  ).toEqual({
    calls: 4,
    loads: { ab: 2, c: 2, a: 2, bc: 2 },
  });
});

test("resources of one call go different ways where no way has room for all", () => {
  expect(
    dissolved(
      [
        [["abc"], 4],
        [["ab"], 8],
        [["c"], 8],
        [["a"], 8],
        [["bc"], 8],
      ],
      10,
    ),
  ).toEqual({
    calls: 4,
    loads: { ab: 10, c: 10, a: 10, bc: 10 },
  });
});

test("resources keep the other calls that they are in, even full ones", () => {
  expect(
    dissolved(
      [
        [["ab", "c"], 2],
        [["c"], 8],
        [["a"], 5],
        [["b"], 5],
      ],
      10,
    ),
  ).toEqual({
    calls: 3,
    loads: { c: 10, a: 7, b: 7 },
  });
});

test("of two ways through as many calls, the one with more room is taken", () => {
  expect(
    dissolved(
      [
        [["abc"], 1],
        [["ab"], 9],
        [["c"], 2],
        [["a"], 3],
        [["bc"], 3],
      ],
      10,
    ),
  ).toEqual({
    calls: 4,
    loads: { ab: 9, c: 2, a: 4, bc: 4 },
  });
});

test("a way through fewer calls is taken before one with more room", () => {
  expect(
    dissolved(
      [
        [["abc"], 1],
        [["ab"], 9],
        [["c"], 9],
        [["a"], 1],
        [["b"], 1],
      ],
      10,
    ),
  ).toMatchObject({
    loads: { ab: 10, c: 10 },
  });
});

test("a call that could not be emptied is tried again when another has made room", () => {
  const ways: Way[] = [
    [["cd"], 1],
    [["ab", "c"], 1],
    [["c"], 1],
    [["a"], 1],
    [["bc"], 1],
    [["d"], 1],
  ];
  expect(dissolved(ways, 2)).toEqual({ calls: 4, loads: { c: 2, d: 2, a: 2, bc: 2 } });
});

test("nothing is done when the budget is used up", () => {
  const ways: Way[] = [
    [["ab"], 3],
    [["a"], 5],
    [["b"], 6],
  ];
  expect(dissolved(ways, 10, 0)).toEqual({ calls: 3, loads: { ab: 3, a: 5, b: 6 } });
});

test("there are never more calls than before, and every resource keeps all of its tags", () => {
  const way = fc.tuple(
    fc.constantFrom(["ab"], ["a"], ["b"], ["abc"], ["ab", "c"], ["a", "bc"], ["c"], ["bcd"], ["bc", "d"], ["d"]),
    fc.integer({ min: 1, max: 12 }),
  );
  fc.assert(
    fc.property(fc.array(way, { minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 8 }), (ways, cap) => {
      const before = routed(ways, cap);
      const counts = (routing: Routing) =>
        routing.routes.map((some) => some.reduce((sum, { count }) => sum + count, 0));
      const then = { calls: before.calls, counts: counts(before) };
      dissolveCalls(before, createSplitter(), Infinity);
      expect(before.calls).toBeLessThanOrEqual(then.calls);
      expect(counts(before)).toEqual(then.counts);
      for (const [set, some] of before.routes.entries()) {
        for (const { masks, count } of some) {
          expect(count).toBeGreaterThanOrEqual(0);
          expect(masks.reduce((sum, mask) => sum + mask, 0)).toBe(before.blocks.sets[set]?.all);
        }
      }
    }),
  );
});
