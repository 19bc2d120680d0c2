import { describe, expect, it } from "vitest";
import { counts, eachKey, mergeInTree, sortedBy, sum, union, type Merge } from "../../../lib/core/report/merge.ts";
import * as fc from "../../properties.ts";

const text = fc.constantFrom("a", "b", "__proto__", "7");
const shapes: readonly (readonly [string, Merge<unknown>, fc.Arbitrary<unknown>])[] = [
  ["numbers", sum as Merge<unknown>, fc.nat()],
  ["texts", union as Merge<unknown>, fc.array(text)],
  ["entries", sortedBy(String) as Merge<unknown>, fc.array(text)],
  ["counts", counts("a", "b") as Merge<unknown>, fc.record({ a: fc.nat(), b: fc.nat() })],
  ["counts by key", eachKey(sum) as Merge<unknown>, fc.dictionary(text, fc.nat())],
];

describe.each(shapes)("%s", (_, merge, values) => {
  it("become the same at once, one by one and in a tree", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (all, times) => {
        const many = Array.from({ length: times }, () => all).flat();
        const tree = mergeInTree(merge);
        for (const one of many) tree.add(one);
        const oneByOne = many.reduce<unknown>((merged, one) => merge(merged, one), merge());
        expect(JSON.stringify(merge(...many))).toBe(JSON.stringify(oneByOne));
        expect(JSON.stringify(tree.merged())).toBe(JSON.stringify(oneByOne));
      }),
    );
  });
});

describe("merging in a tree", () => {
  it("handles none of 100,000 values more than three times, and holds few of them", () => {
    let handled = 0;
    let most = 0;
    const merge: Merge<number> = (...values) => {
      handled += values.length;
      most = Math.max(most, values.length);
      return sum(...values);
    };
    const tree = mergeInTree(merge);
    for (let value = 0; value < 100_000; value += 1) tree.add(1);
    expect(tree.merged()).toBe(100_000);
    expect(handled).toBeLessThan(102_000);
    expect(most).toBeLessThan(1_000);
  });
});
