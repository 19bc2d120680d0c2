import { describe, expect, it } from "vitest";
import { planShards } from "../../lib/app/plan-shards.ts";
import type { TagProvider } from "../../lib/app/ports.ts";
import { createRateLimiter } from "../../lib/app/rate-limiter.ts";
import { auditShare, enforceShare, withShare } from "../../lib/app/rate-share.ts";
import { runAudit } from "../../lib/app/run-audit.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { accounts, AT, auditWorld, policies, quietLog, resource } from "./audit-world.ts";
import { virtualClock } from "./virtual-clock.ts";

const clock = { now: () => 0, sleep: async () => undefined };
const all = accounts.map((account) => createProvider(account, { credential: async () => "x", clock }));
const bucket = (provider: TagProvider["provider"], region: string, action: string) => ({
  provider,
  account: accounts.find((account) => account.provider === provider)?.account ?? "",
  region,
  action,
});

describe("the rate of reads", () => {
  it("is never used up by audits and enforcement together, whatever part the audits have", () => {
    for (const audits of [0.1, 0.5, 0.9]) {
      for (const provider of all) {
        for (const { list } of provider.contracts) {
          const at = bucket(provider.provider, "cn-hangzhou", list.action);
          expect(auditShare({ all }, audits)(at) + enforceShare({ all }, audits)(at)).toBeCloseTo(1);
        }
      }
    }
  });

  it("is the audit's alone where only audits read, and enforcement's where only it writes", () => {
    const describeGroups = bucket("alibaba", "cn-hangzhou", "alibaba:apigateway:DescribeApiGroups");
    expect(auditShare({ all }, 0.5)(describeGroups)).toBe(1);
    expect(enforceShare({ all }, 0.5)({ ...describeGroups, action: "alibaba:apigateway:TagResources" })).toBe(1);
  });

  it("is divided where a region's endpoint also serves what has no region, and nowhere else", () => {
    const share = auditShare({ all }, 1);
    const regions = ["us-east-1", "global", "eu-west-1"];
    expect(regions.map((region) => share(bucket("aws", region, "aws:tagging:GetResources")))).toEqual([0.5, 0.5, 1]);
    expect(share(bucket("huawei", "global", "huawei:iam:ListResourceTagsV5"))).toBe(1);
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

  it("is divided for a limiter's waits and its departures alike", () => {
    const limiter = withShare(createRateLimiter({ now: () => 0 }), () => 0.5);
    const at = bucket("aws", "us-east-1", "x");
    expect([1, 2].map(() => limiter.take(at, 4, Infinity))).toEqual([0, 500]);
    expect([1, 2].map(() => limiter.leave(at, 4))).toEqual([0, 500]);
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
