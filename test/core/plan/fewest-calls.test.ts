import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { fewestCalls } from "./fewest-calls.ts";
import { FEWEST, smallInstances } from "./small-instances.ts";
import { contract, KEYS, planWith, resource } from "./planning.ts";

/** What up to 14 resources lack of up to 5 keys, two of which may have several values. */
const smallGroups = fc.array(
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom("1", "2", "3")), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 5,
    })
    .map((tags) => Object.fromEntries(tags.map(([key, value]) => [key, key < "c" ? value : "1"]))),
  { minLength: 1, maxLength: 14 },
);

test("the lower bound is at most the fewest calls there can be, and the plan has at most one call more", () => {
  let known = 0;
  let optimal = 0;
  fc.assert(
    fc.property(
      smallGroups,
      fc.constantFrom(1, 2, 3, 4, 5, 50),
      fc.constantFrom(1, 2, 3, 20),
      (rows, cap, tagsPerCall) => {
        const fewest = fewestCalls(rows, { cap, tagsPerCall });
        if (fewest === undefined) return;
        const result = planWith(
          rows.map((lacks, index) => resource(`r${index}`, lacks)),
          contract({ cap, tagsPerCall }),
        );
        expect(result.lowerBound).toBeLessThanOrEqual(fewest);
        expect(result.calls).toBeGreaterThanOrEqual(fewest);
        expect(result.calls).toBeLessThanOrEqual(fewest + 1);
        known += 1;
        if (result.calls === fewest) optimal += 1;
      },
    ),
    { numRuns: 150 },
  );
  // Two thirds of the drawn instances can be solved, sometimes half.
  expect(known).toBeGreaterThan(50);
  expect(optimal).toBeGreaterThanOrEqual(known / 2);
});

test("the recorded optima of small instances are those that the exact solver finds", () => {
  const solved = smallInstances(20).map(({ rows, cap, tagsPerCall }) => fewestCalls(rows, { cap, tagsPerCall }));
  expect(solved).toEqual(FEWEST.slice(0, 20));
});
