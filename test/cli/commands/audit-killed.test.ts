import { expect, it } from "vitest";
import { killAudits } from "../../../bench/audit-kills.ts";

it("an audit killed with SIGKILL and resumed says what an undisturbed one says, byte for byte", async () => {
  const { kills, different } = await killAudits(3, { resources: 800 });
  expect(different).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(3);
});
