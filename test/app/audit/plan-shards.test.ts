import { describe, expect, it } from "vitest";
import { planShards } from "../../../lib/app/audit/plan-shards.ts";
import { runNameAt, startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { accounts, AT, auditWorld, policies } from "../audit-world.ts";

/** Those of an account that opts in to nothing. */
const contractsOf = (provider: string) =>
  allContracts.filter(({ types, optIn }) => types[0]?.startsWith(`${provider}:`) && optIn !== true);
const [alibaba, huawei, aws] = accounts;
if (alibaba === undefined || huawei === undefined || aws === undefined) throw new Error("three accounts are expected");

const start = { run: "r1", startedAt: AT, at: AT, policyHash: policies.hash };

describe("planShards", () => {
  it("has one shard per region and service", () => {
    const shards = planShards(alibaba, contractsOf("alibaba"));
    expect(shards.map(({ id }) => id)).toEqual([
      "alibaba.111122223333.cn-beijing.apigateway",
      "alibaba.111122223333.cn-beijing.vpcipam",
      "alibaba.111122223333.cn-hangzhou.apigateway",
      "alibaba.111122223333.cn-hangzhou.vpcipam",
    ]);
    expect(shards[1]?.types).toEqual(["alibaba:vpcipam:IPAM", "alibaba:vpcipam:IPAMPOOL", "alibaba:vpcipam:IPAMSCOPE"]);
  });

  it("has one shard per account for what has no region", () => {
    const shards = planShards({ ...huawei, regions: ["cn-north-4", "cn-east-3"] }, contractsOf("huawei"));
    expect(shards.map(({ id }) => id)).toEqual([
      "huawei.d0001.cn-east-3.apig",
      "huawei.d0001.cn-north-4.apig",
      "huawei.d0001.global.iam",
    ]);
  });

  it("lists all AWS types of a region at once, and what has no region once", () => {
    const shards = planShards(aws, contractsOf("aws"));
    expect(shards.map(({ id, types }) => [id, types])).toEqual([
      ["aws.444455556666.eu-west-1.all", ["aws:*:*", "aws:autoscaling:autoScalingGroup"]],
      ["aws.444455556666.global.all", ["aws:*:*", "aws:iam:role", "aws:iam:user"]],
      ["aws.444455556666.us-east-1.all", ["aws:*:*", "aws:autoscaling:autoScalingGroup"]],
    ]);
  });

  it("lists roles and users by themselves where all that has no region is audited", () => {
    const shards = planShards(aws, contractsOf("aws"), ["us-east-1"]);
    expect(shards.map(({ region, alsoGlobal, types }) => [region, alsoGlobal, types])).toEqual([
      ["eu-west-1", undefined, ["aws:*:*", "aws:autoscaling:autoScalingGroup"]],
      ["us-east-1", true, ["aws:*:*", "aws:autoscaling:autoScalingGroup", "aws:iam:role", "aws:iam:user"]],
    ]);
  });

  it("leaves out types that the configuration leaves out, and services that then have none", () => {
    const shards = planShards({ ...alibaba, types: ["alibaba:apigateway:a*"] }, contractsOf("alibaba"));
    expect(shards.map(({ service, types }) => [service, types])).toEqual([
      ["apigateway", ["alibaba:apigateway:api", "alibaba:apigateway:apiGroup", "alibaba:apigateway:app"]],
      ["apigateway", ["alibaba:apigateway:api", "alibaba:apigateway:apiGroup", "alibaba:apigateway:app"]],
    ]);
    expect(shards[0]?.only).toEqual(["alibaba:apigateway:a*"]);
  });

  it("lists no AWS where the configuration names no AWS type", () => {
    expect(planShards({ ...aws, types: ["alibaba:*"] }, contractsOf("aws"))).toEqual([]);
  });
});

describe("startAudit", () => {
  it("records the run and puts each shard on the queue", async () => {
    const { deps } = auditWorld();
    const plan = await startAudit(start, deps);
    expect((await deps.runs.read("r1"))?.plan).toEqual(plan);
    expect(deps.queue.shards.map(({ shard }) => shard.id)).toEqual(plan.shards);
    expect(
      deps.queue.shards.every(({ run, at, policyHash }) => run === "r1" && at === AT && policyHash === policies.hash),
    ).toBe(true);
  });

  it("sends the messages again where the run was started before", async () => {
    const { deps } = auditWorld();
    const first = await startAudit(start, deps);
    const again = await startAudit({ ...start, startedAt: AT + 60_000, at: AT + 60_000 }, deps);
    expect(again.at).toBe(AT);
    expect(deps.queue.shards.length).toBe(2 * first.shards.length);
    expect(deps.queue.shards.every(({ at }) => at === AT)).toBe(true);
  });

  it("goes on where an earlier start was cut off, and sends what has not ended again where all was sent", async () => {
    const { deps } = auditWorld();
    const regions = Array.from({ length: 25 }, (_, number) => `us-east-${number}`);
    const accounts = Array.from({ length: 100 }, (_, number) => ({ ...aws, account: String(number), regions }));
    const provider = deps.registry.find("aws", aws.account);
    const received: string[] = [];
    let refuseAfter = 1_500;
    let noted = 0;
    const large = {
      ...deps,
      config: { ...deps.config, accounts },
      registry: { all: [], find: () => provider },
      sent: {
        read: async () => noted,
        mark: async (_: unknown, count: number) => {
          noted = count;
        },
      },
      queue: {
        ...deps.queue,
        async sendShards(messages: readonly ShardMessage[]) {
          for (const { shard } of messages) {
            if (received.length === refuseAfter) throw new Error("SQS is down");
            received.push(shard.id);
          }
        },
      },
    };
    await expect(startAudit(start, large)).rejects.toThrow("SQS is down");
    refuseAfter = Infinity;
    const plan = await startAudit(start, large);
    // Those after the last note came twice, and none else.
    expect(received).toEqual([...plan.shards.slice(0, 1_500), ...plan.shards.slice(1_000)]);

    received.length = 0;
    const [first = "", ...others] = plan.shards;
    await deps.runs.finishShard("r1", first, { state: "done", summary: "s" });
    await startAudit(start, large);
    expect(received).toEqual(others);
  });

  it("refuses to carry on with other policies or another configuration", async () => {
    const { deps } = auditWorld();
    await startAudit(start, deps);
    await expect(startAudit({ ...start, policyHash: "other" }, deps)).rejects.toThrow("other policies");
    const fewer = { ...deps, config: { ...deps.config, accounts: [huawei] } };
    await expect(startAudit(start, fewer)).rejects.toThrow("another configuration");
  });

  it("asks for the report at once where there is nothing to audit", async () => {
    const { deps } = auditWorld();
    await startAudit(start, { ...deps, config: { ...deps.config, accounts: [] } });
    expect(deps.queue.reports).toEqual(["r1"]);
  });

  it("refuses an account that stands in the configuration twice", async () => {
    const { deps } = auditWorld();
    const twice = { ...deps, config: { ...deps.config, accounts: [huawei, huawei] } };
    await expect(startAudit(start, twice)).rejects.toThrow("two accounts of the configuration share it");
  });

  it("names runs so that their order is that of time", () => {
    expect(runNameAt(AT)).toBe("2026-11-22T02-00-00-000Z");
  });
});
