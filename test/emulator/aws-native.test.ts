import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeTagsCommand,
  paginateDescribeTags,
} from "@aws-sdk/client-auto-scaling";
import {
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
  ListRoleTagsCommand,
  ListUserTagsCommand,
  paginateListRoles,
  paginateListRoleTags,
} from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { startEmulator } from "../../local/emulator/start.ts";

// What AWS's own clients make of the emulated IAM and Auto Scaling.

const ACCOUNT = "444455556666";
const role = (name: string, tags: Record<string, string> = {}): EmulatedResource => ({
  type: "aws:iam:role",
  account: ACCOUNT,
  region: "global",
  id: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  tags,
});
const user = (name: string, tags: Record<string, string> = {}): EmulatedResource => ({
  ...role(name, tags),
  type: "aws:iam:user",
  id: `arn:aws:iam::${ACCOUNT}:user/${name}`,
});
const group = (name: string, tags: Record<string, string> = {}): EmulatedResource => ({
  type: "aws:autoscaling:autoScalingGroup",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/${name}`,
  tags,
});

async function clients(resources: readonly EmulatedResource[], region = "us-east-1") {
  const emulator = await startEmulator({ resources: [...resources] });
  const { endpoints, accessKeyId, secretAccessKey } = emulator.description.aws;
  const settings = {
    region,
    endpoint: endpoints[region] ?? "",
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  };
  return {
    emulator,
    iam: new IAMClient(settings),
    scaling: new AutoScalingClient(settings),
    async [Symbol.asyncDispose]() {
      await emulator.close();
    },
  };
}

describe("the emulated IAM", () => {
  it("shows the tags of one role or user, page by page, whatever characters are in them", async () => {
    const tags = { env: "prod", "a<b>&\"'": "部门 ✓", owner: "" };
    await using world = await clients([role("path/export", tags), user("ops", { team: "x" })]);
    const seen: Record<string, string> = {};
    let count = 0;
    for await (const page of paginateListRoleTags({ client: world.iam, pageSize: 1 }, { RoleName: "export" })) {
      count += 1;
      for (const { Key = "", Value = "" } of page.Tags ?? []) seen[Key] = Value;
    }
    expect({ seen, count }).toEqual({ seen: tags, count: 3 });
    const { Tags, IsTruncated } = await world.iam.send(new ListUserTagsCommand({ UserName: "ops" }));
    expect({ Tags, IsTruncated }).toEqual({ Tags: [{ Key: "team", Value: "x" }], IsTruncated: false });
  });

  it("says that a role isn't there, and refuses names that none can have", async () => {
    await using world = await clients([]);
    const of = (RoleName: string) => world.iam.send(new ListRoleTagsCommand({ RoleName }));
    await expect(of("gone")).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(of("a/b")).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("lists roles with their paths and without their tags, and shows tags with the details", async () => {
    await using world = await clients([role("aws-service-role/x.amazonaws.com/Linked"), role("b", { env: "prod" })]);
    const roles = [];
    for await (const { Roles = [] } of paginateListRoles({ client: world.iam, pageSize: 1 }, {})) roles.push(...Roles);
    expect(roles).toMatchObject([
      { RoleName: "Linked", Path: "/aws-service-role/x.amazonaws.com/" },
      { RoleName: "b", Path: "/" },
    ]);
    expect(roles.map(({ Tags }) => Tags)).toEqual([undefined, undefined]);
    const details = await world.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }));
    expect(details.RoleDetailList?.map(({ Tags }) => Tags)).toEqual([[], [{ Key: "env", Value: "prod" }]]);
    expect(details.UserDetailList).toEqual([]);
  });

  it("is served in one region of a partition, and only there", async () => {
    await using world = await clients([role("b"), { ...group("g"), region: "eu-west-1" }], "eu-west-1");
    await expect(world.iam.send(new ListRoleTagsCommand({ RoleName: "b" }))).rejects.toMatchObject({
      name: "InvalidAction",
    });
  });

  it("refuses what a fault denies, of one role or of all", async () => {
    await using world = await clients([role("a"), role("b")]);
    const denied = { effect: "error", code: "AccessDenied", httpStatus: 403 } as const;
    world.emulator.setFaults([{ match: { action: "aws:iam:ListRoleTags", resourceId: "*role/a" }, ...denied }]);
    const of = (RoleName: string) => world.iam.send(new ListRoleTagsCommand({ RoleName }));
    await expect(of("a")).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await of("b")).Tags).toEqual([]);
  });

  it("refuses a wrong secret", async () => {
    await using world = await clients([role("a")]);
    const { endpoint, accessKeyId } = world.emulator.description.aws;
    const credentials = { accessKeyId, secretAccessKey: "wrong" };
    const iam = new IAMClient({ region: "us-east-1", endpoint, credentials });
    await expect(iam.send(new ListRoleTagsCommand({ RoleName: "a" }))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
    });
  });
});

describe("the emulated Auto Scaling", () => {
  it("shows the tags of named groups and no others, page by page, and nothing of a group that isn't there", async () => {
    await using world = await clients([group("a", { x: "1", y: "2" }), group("b", { z: "3" }), group("c", { q: "4" })]);
    const Filters = [{ Name: "auto-scaling-group", Values: ["a", "b", "gone"] }];
    const seen: string[] = [];
    for await (const page of paginateDescribeTags({ client: world.scaling, pageSize: 2 }, { Filters })) {
      seen.push(...(page.Tags ?? []).map(({ ResourceId, Key, Value }) => `${ResourceId} ${Key}=${Value}`));
    }
    expect(seen).toEqual(["a x=1", "a y=2", "b z=3"]);
    const others = await world.scaling
      .send(new DescribeTagsCommand({ Filters: [{ Name: "key", Values: ["x"] }] }))
      .catch((error: unknown) => error);
    expect(others).toMatchObject({ name: "ValidationError" });
  });

  it("lists the groups of its region with their ARNs and tags", async () => {
    await using world = await clients([group("a", { x: "1" })]);
    const { AutoScalingGroups } = await world.scaling.send(new DescribeAutoScalingGroupsCommand({}));
    expect(AutoScalingGroups).toMatchObject([
      { AutoScalingGroupName: "a", AutoScalingGroupARN: group("a").id, Tags: [{ Key: "x", Value: "1" }] },
    ]);
  });
});
