import { describe, expect, it } from "vitest";
import { planReads } from "../../../lib/app/folder-audit/plan-reads.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { AT, auditWorld, policies } from "../audit-world.ts";

describe("the plan of an audit's reads", () => {
  it("names each API of each shard with its rate, and claims no figures where none are known", async () => {
    const { deps, providers } = auditWorld();
    const plan = await planReads(undefined, deps);
    expect(plan).toMatchObject({ calls: null, minutes: null });
    expect(plan.run).toBeUndefined();
    expect(plan.reads.filter(({ shard }) => shard === "huawei.d0001.global.iam")).toEqual(
      ["ListAgenciesV5", "ListUsersV5", "ListResourceTagsV5"].map((name) => ({
        shard: "huawei.d0001.global.iam",
        provider: "huawei",
        account: "d0001",
        region: "global",
        action: `huawei:iam:${name}`,
        callsPerSecond: 30,
        calls: null,
        minutes: null,
      })),
    );
    expect(providers.flatMap((provider) => Object.keys(provider.calls()))).toEqual([]);
  });

  it("expects what the run before took, all of its calls and no others, at our share of each rate", async () => {
    const { deps } = auditWorld();
    const { result } = await runAudit({ ...deps, policies, out: "DIR", at: AT });
    const plan = await planReads(result.run, deps);
    const byAction = new Map<string, number>();
    for (const { action, calls } of plan.reads) byAction.set(action, (byAction.get(action) ?? 0) + (calls ?? 0));
    expect(Object.fromEntries([...byAction].filter(([, calls]) => calls > 0))).toEqual(result.calls);
    expect(plan.run).toBe(result.run);
    expect(plan.calls).toBe(Object.values(result.calls).reduce((sum, calls) => sum + calls, 0));
    for (const { calls, minutes, callsPerSecond } of plan.reads) {
      expect(minutes).toBeCloseTo((calls ?? 0) / callsPerSecond / 60);
    }
    expect(plan.minutes).toBeGreaterThan(0);
  });
});
