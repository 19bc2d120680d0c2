import { describe, expect, it } from "vitest";
import { planShards } from "../../../../lib/app/audit/plan-shards.ts";
import { createRateLimiter } from "../../../../lib/app/cloud/rate/limiter.ts";
import { quotasOf, sharedActions, withQuotas } from "../../../../lib/app/cloud/rate/share.ts";
import { runAudit } from "../../../../lib/app/folder-audit/run-audit.ts";
import type { TagProvider } from "../../../../lib/app/ports/provider.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { accounts, AT, auditWorld, policies, quietLog, resource } from "../../audit-world.ts";
import { virtualClock } from "../../virtual-clock.ts";

const clock = { now: () => 0, sleep: async () => undefined };
const all = accounts.map((account) => createProvider(account, { credential: async () => "x", clock }));
const bucket = (provider: TagProvider["provider"], region: string, action: string) => ({
  provider,
  account: accounts.find((account) => account.provider === provider)?.account ?? "",
  region,
  action,
});

describe("the rate of reads", () => {
  it("is one where a region's endpoint also serves what has no region, and nowhere else", () => {
    const quotaOf = quotasOf({ all });
    const reads = ["us-east-1", "global", "eu-west-1"].map((region) =>
      bucket("aws", region, "aws:tagging:GetResources"),
    );
    const [home, global, other] = reads.map(quotaOf);
    expect(home).toEqual(global);
    expect(other).toEqual(reads[2]);
    const users = bucket("huawei", "global", "huawei:iam:ListResourceTagsV5");
    expect(quotaOf(users)).toEqual(users);
  });

  it("is used by both in turn, and slows down for both", () => {
    const limiter = withQuotas(createRateLimiter({ now: () => 0 }), quotasOf({ all }));
    const [home, global] = ["us-east-1", "global"].map((region) => bucket("aws", region, "x"));
    if (home === undefined || global === undefined) throw new Error("two buckets");
    expect([home, global, home].map((at) => limiter.take(at, 4, Infinity))).toEqual([0, 250, 500]);
    expect([home, global].map((at) => limiter.leave(at, 4))).toEqual([0, 250]);
    limiter.throttled(home);
    limiter.throttled(global, 9_000);
    limiter.succeeded(global);
    expect(limiter.take(home, 4, Infinity)).toBe(9_000);
  });

  it("is divided by no other shards: each API of a region belongs to one", () => {
    for (const account of accounts) {
      const { contracts } = all.find(({ provider }) => provider === account.provider) ?? { contracts: [] };
      const used = planShards(account, contracts).flatMap(({ id, region, types }) => {
        const own = contracts.filter((contract) => contract.types.some((type) => types.includes(type)));
        const apis = own.flatMap(({ list, inventory }) => [list, ...Object.values(inventory)]);
        return [...new Set(apis.map(({ action }) => `${region} ${action}`))].map((key) => ({ key, id }));
      });
      expect(new Set(used.map(({ key }) => key)).size).toBe(used.length);
    }
  });

  it("is shared by audits and enforcement where both read by an API, and by no other", () => {
    const shared = sharedActions({ all });
    expect(shared).toContain("alibaba:apigateway:ListTagResources");
    expect(shared).not.toContain("alibaba:apigateway:DescribeApiGroups");
    expect(shared).not.toContain("alibaba:apigateway:TagResources");
  });
});

describe("an audit that the rate holds up", () => {
  it("uses at least 95 % of its share of it while it reads, and never more than that in a second", async () => {
    const groups = Array.from({ length: 4000 }, (_, n) => resource("alibaba:apigateway:apiGroup", "cn-hangzhou", n));
    const timed = virtualClock(AT);
    const reads: number[] = [];
    const { deps } = auditWorld({
      resources: { alibaba: groups },
      wrap: (provider) => ({
        ...provider,
        async listTagResources(...query) {
          reads.push(timed.now());
          await timed.sleep(80);
          return provider.listTagResources(...query);
        },
      }),
    });
    const { config, registry, runs, objects, random } = deps;
    await runAudit({
      config,
      registry,
      policies,
      runs,
      objects,
      clock: timed,
      random,
      log: quietLog,
      out: "DIR",
      at: AT,
    });
    const seconds = ((reads.at(-1) ?? 0) - (reads[0] ?? 0)) / 1000;
    expect(reads.length).toBeGreaterThan(200);
    // Half of the 50 calls per second that the contract has.
    expect((reads.length - 1) / seconds).toBeGreaterThan(0.95 * 25);
    for (const at of reads) expect(reads.filter((one) => one >= at && one < at + 999).length).toBeLessThanOrEqual(25);
  });
});
