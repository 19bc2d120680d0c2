import { expect, test } from "vitest";
import { reduce } from "../../../lib/core/plan/reduce.ts";
import { tagSetsOf } from "./tag-sets.ts";

const limits = { resourcesPerCall: 10, tagsPerCall: 3 };
const tagsOf = (sets: readonly { readonly tagNumbers: readonly number[] }[]) =>
  sets.map(({ tagNumbers }) => tagNumbers);

test("a set with a tag that no other has is decided, and so is what that leaves alone with a tag", () => {
  // Only the last has tag 3; without it only the second has tag 2, and then only the first has tags.
  const sets = tagSetsOf([
    [0, 1],
    [0, 1, 2],
    [2, 3],
  ]);
  const { decided, tagSets, tagsOf: compounds } = reduce(sets, limits);
  expect(decided).toEqual(sets);
  expect(tagSets).toEqual([]);
  expect(compounds.flat()).toEqual([0, 1, 2, 3].slice(0, compounds.flat().length));
});

test("sets that share all of their tags with others are left, and the decided ones keep their order", () => {
  const sets = tagSetsOf([[0, 4], [1, 2], [1], [2], [0, 5]]);
  const { decided, tagSets, tagsOf: compounds } = reduce(sets, limits);
  expect(tagsOf(decided)).toEqual([
    [0, 4],
    [0, 5],
  ]);
  expect(tagSets.map(({ tagNumbers }) => tagNumbers.flatMap((compound) => compounds[compound] ?? []))).toEqual([
    [1, 2],
    [1],
    [2],
  ]);
});

test("a set with a tag of its own is not decided where it needs several calls", () => {
  const sets = tagSetsOf([
    [0, 1, 2, 3],
    [0, 1],
    [1, 2],
  ]);
  expect(reduce(sets, limits)).toMatchObject({ decided: [], tagSets: sets });
  expect(reduce(sets, { ...limits, tagsPerCall: 4 })).toMatchObject({ decided: sets, tagSets: [] });
});

test("tags that the same sets have are joined, under the key of the first of them", () => {
  const sets = tagSetsOf([[0, 1, 2], [0, 1], [2]]);
  const { tagSets, tagsOf: compounds, decided } = reduce(sets, limits);
  expect(decided).toEqual([]);
  expect(compounds).toEqual([[0, 1], [2]]);
  expect(tagsOf(tagSets)).toEqual([[0, 1], [0], [1]]);
  expect(tagSets.map(({ keyNumbers }) => keyNumbers)).toEqual([[0, 2], [0], [2]]);
  expect(tagSets.map(({ ids }) => ids)).toEqual(sets.map(({ ids }) => ids));
});

test("tags of the same number of sets, but not of the same sets, stay apart", () => {
  const sets = tagSetsOf([
    [0, 1],
    [1, 2],
    [0, 2],
  ]);
  expect(reduce(sets, limits)).toEqual({ limits, decided: [], tagSets: sets, tagsOf: [[0], [1], [2]] });
});

test("no tags are joined where a set needs several calls anyway", () => {
  const sets = tagSetsOf([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
  expect(reduce(sets, limits)).toEqual({ limits, decided: [], tagSets: sets, tagsOf: [[0], [1], [2], [3]] });
});
