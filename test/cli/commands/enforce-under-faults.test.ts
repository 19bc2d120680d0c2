import { expect, test } from "vitest";
import { enforceUnderFaults } from "../../../bench/faults.ts";

test("over HTTP, while calls are throttled, lost and poisoned: all but the poisoned are tagged, for few more calls than planned", async () => {
  const ran = await enforceUnderFaults(1_000);
  expect(ran.refused.map(({ id, outcome, code }) => [id, outcome, code])).toEqual(
    ran.poisoned.map((id) => [id, "rejected", "QuotaExceeded.Tags"]),
  );
  expect(ran.untagged).toBe(0);
  expect(ran.exitCode).toBe(1);
  expect(Object.values(ran.outcomes).reduce((sum, count) => sum + count)).toBe(1_000);
  expect(ran.writes).toBeGreaterThan(ran.planned);
  expect(ran.writes).toBeLessThanOrEqual(1.15 * ran.accountedFor);
});
