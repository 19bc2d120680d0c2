import { describe, expect, it } from "vitest";
import type { FinishedRun } from "../../../lib/app/report/survey.ts";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { AT, sleepingClock } from "../audit-world.ts";

/** A run of an empty account, whose alerts can be raised only from the second try on. */
async function failingOnce() {
  const objects = memoryObjects();
  const alerted: FinishedRun[] = [];
  let tries = 0;
  const deps = {
    objects,
    runs: objectRunStore(objects),
    layout: flatLayout,
    clock: sleepingClock(),
    policiesOf: async () => [{ name: "gateways", severity: "high" } as const],
    async alert(finished: FinishedRun) {
      tries += 1;
      if (tries === 1) throw new Error("no queue");
      alerted.push(finished);
    },
  };
  await deps.runs.create({ run: "r1", startedAt: AT, at: AT, policyHash: "abc", shards: [] });
  return { deps, alerted };
}

describe("publishing a report", () => {
  it("is not done before its alerts are raised, and whoever takes over raises them", async () => {
    const { deps, alerted } = await failingOnce();
    await expect(publishReport("r1", deps)).rejects.toThrow("no queue");
    expect(await publishReport("r1", deps)).toEqual({ state: "taken", leaseMs: 15 * 60_000 });
    await deps.clock.sleep(15 * 60_000);
    expect(await publishReport("r1", deps)).toMatchObject({ state: "published" });
    expect(await publishReport("r1", deps)).toEqual({ state: "already-published" });
    expect(alerted).toHaveLength(1);
  });

  it("hands on the report as it was written, with how severe its policies are", async () => {
    const { deps, alerted } = await failingOnce();
    await publishReport("r1", deps).catch(() => undefined);
    await deps.clock.sleep(15 * 60_000);
    await publishReport("r1", deps);
    const written: unknown = JSON.parse(new TextDecoder().decode(await deps.objects.get("report.json")));
    expect(written).toEqual(alerted[0]?.report);
    expect(written).toMatchObject({ policies: [{ name: "gateways", severity: "high" }] });
  });
});
