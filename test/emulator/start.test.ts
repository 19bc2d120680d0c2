import { describe, expect, it } from "vitest";
import type { Config } from "../../lib/core/config/config.ts";
import { ALIBABA_ACCOUNT, apiGroup, emulate, gateway, HUAWEI_ACCOUNT, instance, user } from "./emulate.ts";

describe("the description", () => {
  it("has a port per cloud and region, and names the first region and account of the resources on top", async () => {
    const { description } = await emulate([
      { ...apiGroup("g1"), region: "cn-beijing", account: "222233334444" },
      apiGroup("g2"),
      user("u1"),
      gateway("gw1"),
      instance("i-1"),
    ]);
    const { alibaba, huawei, aws } = description;
    expect(Object.keys(alibaba.endpoints)).toEqual(["cn-beijing", "cn-hangzhou"]);
    expect(alibaba.endpoint).toBe(alibaba.endpoints["cn-beijing"]);
    expect(alibaba.accounts["222233334444"]).toMatchObject({
      accessKeyId: alibaba.accessKeyId,
      accessKeySecret: alibaba.accessKeySecret,
    });
    expect(Object.keys(alibaba.accounts)).toEqual(["222233334444", ALIBABA_ACCOUNT]);
    expect(Object.keys(huawei.endpoints)).toEqual(["cn-north-4"]);
    expect(huawei.projectId).toBe(huawei.projects["cn-north-4"]);
    expect(huawei.domainId).toBe(HUAWEI_ACCOUNT);
    expect(aws.region).toBe("us-east-1");
    const urls = [alibaba, huawei, aws].flatMap(({ endpoints }) => Object.values(endpoints));
    expect(new Set([...urls, description.control]).size).toBe(5);
  });

  it("serves the home of what has no region beside AWS's other regions, because an audit asks there", async () => {
    const served = async (region: string) => {
      const id = `arn:aws:ec2:${region}:444455556666:instance/i-1`;
      const { description } = await emulate([{ ...instance("x"), region, id }]);
      return Object.keys(description.aws.endpoints);
    };
    expect(await served("eu-west-1")).toEqual(["eu-west-1", "us-east-1"]);
    expect(await served("cn-northwest-1")).toEqual(["cn-northwest-1", "cn-north-1"]);
    expect(await served("us-east-1")).toEqual(["us-east-1"]);
  });

  it("serves plain accounts in all clouds and prefixed ones in their own", async () => {
    const { description } = await emulate([], { accounts: ["900000000001", "huawei:d9"] });
    expect(Object.keys(description.alibaba.accounts)).toEqual(["900000000001"]);
    expect(Object.keys(description.huawei.accounts)).toEqual(["900000000001", "d9"]);
    expect(Object.keys(description.aws.accounts)).toEqual(["900000000001"]);
  });

  it("gives the same account the same keys every time, and different accounts different ones", async () => {
    const first = (await emulate([], { accounts: ["1", "2"] })).description;
    const second = (await emulate([], { accounts: ["1", "2"] })).description;
    expect(second.alibaba.accounts).toEqual(first.alibaba.accounts);
    expect(first.alibaba.accounts["1"]).not.toEqual(first.alibaba.accounts["2"]);
  });
});

describe("the configuration", () => {
  it("has each AWS account in the partition of its resources, with that partition's regions", async () => {
    const inRegion = (region: string, partition: string, account: string) => ({
      ...instance("x"),
      region,
      account,
      id: `arn:${partition}:ec2:${region}:${account}:instance/i-1`,
    });
    const emulator = await emulate([
      inRegion("eu-west-1", "aws", "111111111111"),
      inRegion("cn-northwest-1", "aws-cn", "222222222222"),
      inRegion("us-gov-west-1", "aws-us-gov", "333333333333"),
    ]);
    const { accounts } = emulator.config() as Config;
    const aws = accounts.flatMap((one) => (one.provider === "aws" ? [[one.account, one.partition, one.regions]] : []));
    expect(aws).toEqual([
      ["111111111111", "aws", ["eu-west-1", "us-east-1"]],
      ["222222222222", "aws-cn", ["cn-northwest-1", "cn-north-1"]],
      ["333333333333", "aws-us-gov", ["us-gov-west-1"]],
    ]);
  });

  it("has an account without resources where the served regions are", async () => {
    const partitionOf = async (aws: readonly string[]) => {
      const { accounts } = (await emulate([], { accounts: ["aws:1"], regions: { aws } })).config() as Config;
      return accounts.flatMap((one) => (one.provider === "aws" ? [one.partition] : []));
    };
    expect(await partitionOf(["cn-north-1"])).toEqual(["aws-cn"]);
    expect(await partitionOf(["cn-north-1", "eu-west-1"])).toEqual(["aws"]);
  });

  it("covers all accounts and regions, enforces, and has no write cap", async () => {
    const emulator = await emulate([apiGroup("g1"), { ...apiGroup("g2"), region: "cn-beijing" }, gateway("gw1")]);
    const { accounts } = emulator.config() as Config;
    expect(accounts.map(({ provider }) => provider)).toEqual(["alibaba", "huawei", "aws"]);
    const [alibaba, huawei] = accounts;
    expect(alibaba).toMatchObject({
      account: ALIBABA_ACCOUNT,
      regions: ["cn-hangzhou", "cn-beijing"],
      endpoints: emulator.description.alibaba.endpoints,
      mode: "enforce",
    });
    expect(huawei).toMatchObject({ projects: emulator.description.huawei.projects });
    expect(accounts.every(({ writesPerHour }) => writesPerHour >= 1_000_000_000)).toBe(true);
  });

  it("leaves the calls per second to the documented quotas where those are switched on", async () => {
    const { accounts } = (await emulate([], { quota: "documented" })).config() as Config;
    expect(accounts.every(({ callsPerSecond }) => callsPerSecond === undefined)).toBe(true);
  });
});
