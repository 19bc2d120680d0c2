import { expect, test } from "vitest";
import { callsFor, cut } from "../../../lib/core/plan/rectangle.ts";

const limits = { resourcesPerCall: 2, tagsPerCall: 3 };

test("a rectangle is cut into calls of so many resources and tags, in order, the last ones smaller", () => {
  expect(cut({ ids: ["c", "a", "b"], tagNumbers: [10, 3, 4, 2] }, limits)).toEqual([
    { ids: ["a", "b"], tagNumbers: [2, 3, 4] },
    { ids: ["a", "b"], tagNumbers: [10] },
    { ids: ["c"], tagNumbers: [2, 3, 4] },
    { ids: ["c"], tagNumbers: [10] },
  ]);
});

test.each([
  [0, 4, 0],
  [1, 1, 1],
  [2, 3, 1],
  [3, 4, 4],
  [5, 6, 6],
])("%i resources by %i tags take %i calls", (resources, tags, calls) => {
  expect(callsFor(resources, tags, limits)).toBe(calls);
});
