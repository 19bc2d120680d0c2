import { expect, test } from "vitest";
import { bestSplit } from "../../../lib/core/isolate/best-split.ts";

const batch = (size: number, expectedBad = 1) => ({ size, expectedBad });

test("a call never holds all of the suspects, and always at least one resource", () => {
  for (let suspects = 2; suspects <= 20; suspects += 1) {
    for (let untested = 0; suspects + untested <= 20; untested += 1) {
      const split = bestSplit(batch(20), { suspects, untested, found: 20 - suspects - untested });
      expect(split).toBeGreaterThanOrEqual(1);
      expect(split).toBeLessThan(suspects);
    }
  }
});

test("what is untested is sent in smaller calls the more bad ones were found", () => {
  const splits = [1, 2, 4, 8, 16].map((found) => bestSplit(batch(50), { suspects: 0, untested: 30, found }));
  expect(splits).toEqual(splits.toSorted((a, b) => b - a));
  expect(splits[0]).toBeGreaterThan(splits[4] ?? 0);
});

test("where nearly all are bad, resources go one by one", () => {
  expect(bestSplit(batch(50), { suspects: 0, untested: 5, found: 45 })).toBe(1);
});

test("two or three suspects are tried one by one", () => {
  const alone = (suspects: number) => bestSplit(batch(suspects), { suspects, untested: 0, found: 0 });
  expect([alone(2), alone(3)]).toEqual([1, 1]);
});

test("batches above 50 are halved, and what is untested then goes in blocks", () => {
  expect(bestSplit(batch(100), { suspects: 100, untested: 0, found: 0 })).toBe(50);
  expect(bestSplit(batch(100), { suspects: 0, untested: 60, found: 1 })).toBe(50);
  expect(bestSplit(batch(100), { suspects: 40, untested: 60, found: 0 })).toBeLessThan(40);
});

test("where many bad ones are expected, calls are smaller from the start", () => {
  const first = (expectedBad: number) => bestSplit(batch(50, expectedBad), { suspects: 50, untested: 0, found: 0 });
  expect(first(10)).toBeLessThan(first(1));
});
