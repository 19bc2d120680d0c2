import { describe, expect, it } from "vitest";
import { createRouter, createRegistry } from "../../../lib/app/cloud/route.ts";
import type { TagProvider } from "../../../lib/app/ports/provider.ts";
import { projectIn as projectInRegion } from "../../../lib/providers/huawei/client.ts";
import { huaweiAccount } from "../../providers/accounts.ts";
import { auditWorld } from "../audit-world.ts";

const { deps } = auditWorld({ resources: { alibaba: [], huawei: [], aws: [] } });
const route = createRouter(deps.registry, deps.config.accounts);

const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "g1" };
const USER = { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1" };
const BUCKET = { type: "aws:s3:bucket", account: "444455556666", region: "us-east-1", id: "arn:aws:s3:::b1" };
const ROLE = {
  type: "aws:iam:role",
  account: "444455556666",
  region: "global",
  id: "arn:aws:iam::444455556666:role/r1",
};

describe("the way to a resource of a cloud with projects", () => {
  const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4", id: "gw1" };
  const withProjects = (...projects: readonly string[]) => {
    const all = deps.registry.all.map((provider): TagProvider => {
      const account = { ...huaweiAccount, projects: { "cn-north-4": projects } };
      const projectIn: TagProvider["projectIn"] = (region, named) => projectInRegion(account, region, named);
      return provider.provider === "huawei" ? { ...provider, projectIn } : provider;
    });
    return createRouter(createRegistry(all), deps.config.accounts);
  };

  it("leads through the region's only one, or through the one that it names", () => {
    expect(withProjects("p1")(GATEWAY)).toMatchObject({ project: "p1" });
    expect(withProjects("p1", "p2")({ ...GATEWAY, project: "p2" })).toMatchObject({ project: "p2" });
    expect(withProjects("p1", "p2")(USER)).not.toHaveProperty("project");
  });

  it.each([
    ["names a project that is not configured", ["p1"], "p2", "project p2 of account d0001 is not in the configuration"],
    ["names none of several", ["p1", "p2"], undefined, "name the resource's `project`, one of p1, p2"],
  ])("is a problem in words where it %s", (_, projects, project, words) => {
    expect(withProjects(...projects)({ ...GATEWAY, project })).toEqual({
      problem: expect.stringContaining(words) as string,
    });
  });

  it("doesn't take one resource's way for another's that differs in the project alone", () => {
    const way = withProjects("p1", "p2");
    expect(["p1", "p2"].map((project) => way({ ...GATEWAY, project }))).toMatchObject([
      { project: "p1" },
      { project: "p2" },
    ]);
  });
});

describe("the way to a resource", () => {
  it.each([
    ["a regional type in a configured region", GROUP],
    ["a global type", USER],
    ["an AWS resource whose ARN names no region", BUCKET],
    ["an AWS resource of a global service", ROLE],
    ["an AWS type of a global service, without an id", { ...ROLE, id: "" }],
    ["all AWS types of a region", { ...BUCKET, type: "aws:*:*", id: "" }],
    ["all AWS types without a region", { ...BUCKET, type: "aws:*:*", id: "", region: "global" }],
  ])("is found for %s", (_, ref) => {
    expect(route(ref)).toMatchObject({ account: { account: ref.account } });
  });

  it.each([
    ["a regional type as global", { ...GROUP, region: "global" }, "belongs to a region, which global is not"],
    ["a region that is not configured", { ...GROUP, region: "eu-west-9" }, "is not in the configuration"],
    ["a global type in a region", { ...USER, region: "cn-north-4" }, "its region is global, not cn-north-4"],
    ["a global type in no known region", { ...USER, region: "mars" }, "its region is global, not mars"],
    ["a bucket as global", { ...BUCKET, region: "global" }, "belongs to a region, which global is not"],
    ["a role in a region", { ...ROLE, region: "us-east-1" }, "its region is global, not us-east-1"],
    ["a role without an id in a region", { ...ROLE, id: "", region: "us-east-1" }, "its region is global"],
    ["all AWS types of an unknown region", { ...BUCKET, type: "aws:*:*", id: "", region: "mars" }, "configuration"],
  ])("is a problem in words for %s", (_, ref, words) => {
    expect(route(ref)).toEqual({ problem: expect.stringContaining(words) as string });
  });
});
