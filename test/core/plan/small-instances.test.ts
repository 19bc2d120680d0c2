import { expect, test } from "vitest";
import { contract, planWith, resource } from "./planning.ts";
import { FEWEST, smallInstances } from "./small-instances.ts";

/** Enough for so few resources. */
const STEPS = 3_000;

const plans = () =>
  smallInstances(FEWEST.length).map(({ rows, cap, tagsPerCall }) =>
    planWith(
      rows.map((lacks, index) => resource(`r${index}`, lacks)),
      contract({ cap, tagsPerCall }),
      STEPS,
    ),
  );

test("no lower bound is above the known optimum, and no plan more than one call above it", () => {
  for (const [index, { calls, lowerBound }] of plans().entries()) {
    const fewest = FEWEST[index];
    if (fewest === undefined) continue;
    expect(lowerBound, `bound of instance ${index}`).toBeLessThanOrEqual(fewest);
    expect(calls, `calls of instance ${index}`).toBeGreaterThanOrEqual(fewest);
    expect(calls, `calls of instance ${index}`).toBeLessThanOrEqual(fewest + 1);
  }
});

test("88 of 96 plans are optimal, 79 bounds are exact, and all together take 1,071 calls where 963 are proved", () => {
  const all = plans();
  const reached = (of: "calls" | "lowerBound") => all.filter((one, index) => one[of] === FEWEST[index]).length;
  const sum = (of: "calls" | "lowerBound") => all.reduce((total, one) => total + one[of], 0);
  expect(reached("calls")).toBeGreaterThanOrEqual(88);
  expect(reached("lowerBound")).toBeGreaterThanOrEqual(79);
  expect(sum("calls")).toBeLessThanOrEqual(1_071);
  expect(sum("lowerBound")).toBeGreaterThanOrEqual(963);
});
