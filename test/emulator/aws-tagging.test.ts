import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
  type GetResourcesCommandInput,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { AWS_ACCOUNT, emulate, ids, instance, instanceArn, manyTags, tagsIn } from "./emulate.ts";

async function tagging(resources: readonly EmulatedResource[], options: EmulatorOptions = {}) {
  const emulator = await emulate(resources, options);
  const { endpoint, region, accessKeyId, secretAccessKey } = emulator.description.aws;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new ResourceGroupsTaggingAPIClient({ endpoint, region, credentials, maxAttempts: 1 });
  const tag = (ResourceARNList: string[], Tags: Record<string, string>) =>
    client.send(new TagResourcesCommand({ ResourceARNList, Tags }));
  const get = (input: GetResourcesCommandInput) => client.send(new GetResourcesCommand(input));
  return { emulator, client, tag, get };
}

describe("@aws-sdk/client-resource-groups-tagging-api against the emulator", () => {
  it("tags each resource by itself and tells what failed in FailedResourcesMap", async () => {
    const bucket = { ...instance("x"), type: "aws:s3:bucket", id: "arn:aws:s3:::b1" };
    const { emulator, tag } = await tagging([instance("i-1"), instance("full", manyTags(50)), bucket]);
    const queue = `arn:aws:sqs:us-east-1:${AWS_ACCOUNT}:gone`;
    const elsewhere = `arn:aws:ec2:eu-west-1:${AWS_ACCOUNT}:instance/i-1`;
    const arns = [instanceArn("i-1"), instanceArn("gone"), instanceArn("full"), "arn:aws:s3:::b1", queue, elsewhere];
    const { FailedResourcesMap } = await tag(arns, { env: "prod" });
    expect(FailedResourcesMap).toMatchObject({
      [instanceArn("gone")]: { StatusCode: 400, ErrorCode: "InvalidInstanceID.NotFound" },
      [instanceArn("full")]: { StatusCode: 400, ErrorCode: "TagLimitExceeded" },
      [queue]: { StatusCode: 404, ErrorCode: "ResourceNotFoundException" },
      [elsewhere]: { StatusCode: 400, ErrorCode: "InvalidParameterException" },
    });
    expect(Object.keys(FailedResourcesMap ?? {})).toHaveLength(4);
    expect(tagsIn(emulator, instance("i-1"))).toEqual({ env: "prod" });
    expect(tagsIn(emulator, bucket)).toEqual({ env: "prod" });
  });

  it.each([
    ["21 ARNs", ids("i-", 21).map(instanceArn), { a: "b" }],
    ["no ARN", [], { a: "b" }],
    ["a malformed ARN", ["i-1"], { a: "b" }],
    ["51 tags", [instanceArn("i-1")], manyTags(51)],
    ["no tags", [instanceArn("i-1")], {}],
    ["a reserved key", [instanceArn("i-1")], { "aws:x": "b" }],
    ["an empty key", [instanceArn("i-1")], { "": "b" }],
    ["a key of 129 characters", [instanceArn("i-1")], { ["k".repeat(129)]: "b" }],
    ["a value of 257 characters", [instanceArn("i-1")], { a: "v".repeat(257) }],
  ])("refuses a call with %s", async (_, arns, tags) => {
    const { emulator, tag } = await tagging([instance("i-1")]);
    await expect(tag(arns, tags)).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect(tagsIn(emulator, instance("i-1"))).toEqual({});
  });

  it("lists what carries tags or ever did, but nothing that never had any", async () => {
    const { client, get } = await tagging([instance("tagged", { a: "1" }), instance("never")]);
    const untag = new UntagResourcesCommand({ ResourceARNList: [instanceArn("tagged")], TagKeys: ["a"] });
    await expect(client.send(untag)).resolves.toMatchObject({ FailedResourcesMap: {} });
    const { ResourceTagMappingList, PaginationToken } = await get({});
    expect(ResourceTagMappingList).toEqual([{ ResourceARN: instanceArn("tagged"), Tags: [] }]);
    expect(PaginationToken).toBe("");
  });

  it("goes on after short and empty pages until the token is empty", async () => {
    const resources = ids("i-", 1000).map((id, index) => instance(id, index % 200 === 199 ? { a: "1" } : {}));
    const { get } = await tagging(resources);
    const sizes: number[] = [];
    let token = "";
    do {
      const page = await get({ ResourcesPerPage: 10, TagFilters: [{ Key: "a" }], PaginationToken: token });
      sizes.push(page.ResourceTagMappingList?.length ?? 0);
      token = page.PaginationToken ?? "";
    } while (token !== "");
    expect(sizes.reduce((sum, size) => sum + size)).toBe(5);
    expect(sizes.slice(0, -1)).toContain(0);
  });

  it("lists 1,000 resources, each once, 100 a page", async () => {
    const { get } = await tagging(ids("i-", 1000).map((id) => instance(id, { a: "1" })));
    const seen: string[] = [];
    let PaginationToken = "";
    do {
      const page = await get({ ResourcesPerPage: 100, PaginationToken });
      seen.push(...(page.ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN ?? ""));
      PaginationToken = page.PaginationToken ?? "";
    } while (PaginationToken !== "");
    expect(seen).toEqual(ids("i-", 1000).map(instanceArn));
  });

  it("ORs the values of a key, ANDs keys, filters by type and shows all tags of what matches", async () => {
    const bucket = { ...instance("b", { env: "prod" }), type: "aws:s3:bucket", id: "arn:aws:s3:::b1" };
    const { get } = await tagging([
      instance("i-1", { env: "prod", team: "a" }),
      instance("i-2", { env: "dev", team: "a" }),
      instance("i-3", { env: "test", team: "a" }),
      bucket,
    ]);
    const filters = [{ Key: "env", Values: ["prod", "dev"] }, { Key: "team" }];
    const { ResourceTagMappingList } = await get({ TagFilters: filters });
    expect(ResourceTagMappingList?.map(({ Tags }) => Tags?.length)).toEqual([2, 2]);
    const byType = await get({ ResourceTypeFilters: ["s3"] });
    expect(byType.ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN)).toEqual(["arn:aws:s3:::b1"]);
    expect((await get({ ResourceTypeFilters: ["ec2:instance"] })).ResourceTagMappingList).toHaveLength(3);
  });

  it("never splits a resource where TagsPerPage limits a page", async () => {
    const { get } = await tagging(ids("i-", 3).map((id) => instance(id, manyTags(40))));
    const first = await get({ TagsPerPage: 100 });
    expect(first.ResourceTagMappingList?.map(({ Tags }) => Tags?.length)).toEqual([40, 40]);
    const second = await get({ TagsPerPage: 100, PaginationToken: first.PaginationToken });
    expect(second.ResourceTagMappingList).toHaveLength(1);
  });

  it("finds resources by ARN and silently leaves out the rest", async () => {
    const { get } = await tagging([instance("i-1", { a: "1" })]);
    const { ResourceTagMappingList } = await get({ ResourceARNList: [instanceArn("i-1"), instanceArn("gone")] });
    expect(ResourceTagMappingList).toHaveLength(1);
  });

  it.each([
    ["ARNs beside filters", { ResourceARNList: [instanceArn("i-1")], TagFilters: [{ Key: "a" }] }],
    ["ARNs beside a page size", { ResourceARNList: [instanceArn("i-1")], ResourcesPerPage: 5 }],
    ["a page of 101", { ResourcesPerPage: 101 }],
    ["150 tags a page", { TagsPerPage: 150 }],
    ["51 filters", { TagFilters: ids("k", 51).map((Key) => ({ Key })) }],
    ["21 values", { TagFilters: [{ Key: "a", Values: ids("v", 21) }] }],
    ["a made-up token", { PaginationToken: "made-up" }],
    ["exclusion without details", { ExcludeCompliantResources: true }],
  ])("refuses %s", async (_, input) => {
    const { get } = await tagging([instance("i-1", { a: "1" })]);
    await expect(get(input)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("lets a PaginationToken expire", async () => {
    let time = Date.now();
    const { get } = await tagging(
      ids("i-", 2).map((id) => instance(id, { a: "1" })),
      {
        paginationTokenMs: 60_000,
        now: () => time,
      },
    );
    const { PaginationToken } = await get({ ResourcesPerPage: 1 });
    time += 60_000;
    await expect(get({ ResourcesPerPage: 1, PaginationToken })).resolves.toMatchObject({ PaginationToken: "" });
    time += 1;
    await expect(get({ ResourcesPerPage: 1, PaginationToken })).rejects.toMatchObject({
      name: "PaginationTokenExpiredException",
    });
  });

  it("serves global resources in us-east-1", async () => {
    const role = { ...instance("x"), type: "aws:iam:role", region: "global", id: `arn:aws:iam::${AWS_ACCOUNT}:role/r` };
    const { emulator, tag } = await tagging([role]);
    expect(emulator.description.aws.region).toBe("us-east-1");
    await tag([role.id], { a: "1" });
    expect(tagsIn(emulator, role)).toEqual({ a: "1" });
  });

  it("serves IAM of China in Beijing and its distributions in Ningxia, and shows each there only", async () => {
    const global = { ...instance("x"), region: "global" };
    const policy = {
      ...global,
      type: "aws:iam:policy",
      id: `arn:aws-cn:iam::${AWS_ACCOUNT}:policy/p`,
      tags: { a: "1" },
    };
    const id = `arn:aws-cn:cloudfront::${AWS_ACCOUNT}:distribution/D`;
    const { description } = await emulate([policy, { ...policy, type: "aws:cloudfront:distribution", id }]);
    const seenIn = async (region: string) => {
      const { accessKeyId, secretAccessKey, endpoints } = description.aws;
      const endpoint = endpoints[region] ?? "";
      const client = new ResourceGroupsTaggingAPIClient({
        endpoint,
        region,
        credentials: { accessKeyId, secretAccessKey },
      });
      const { ResourceTagMappingList: list = [] } = await client.send(new GetResourcesCommand({}));
      return list.map(({ ResourceARN }) => ResourceARN);
    };
    expect(await seenIn("cn-north-1")).toEqual([policy.id]);
    expect(await seenIn("cn-northwest-1")).toEqual([id]);
  });

  it("tags roles, users and Auto Scaling groups, shows them by no listing, and keeps their tags", async () => {
    const global = { ...instance("x"), region: "global", tags: { env: "prod" } };
    const role = { ...global, type: "aws:iam:role", id: `arn:aws:iam::${AWS_ACCOUNT}:role/team/r` };
    const user = { ...global, type: "aws:iam:user", id: `arn:aws:iam::${AWS_ACCOUNT}:user/u` };
    const type = "aws:autoscaling:autoScalingGroup";
    const group = {
      ...instance("x", { env: "prod" }),
      type,
      id: `arn:aws:autoscaling:us-east-1:${AWS_ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/g`,
    };
    const silent = [role, user, group];
    const { emulator, tag, get } = await tagging([...silent, instance("i-1", { env: "prod" })]);
    const arns = silent.map(({ id }) => id);
    expect(await tag(arns, { owner: "ann" })).toMatchObject({ FailedResourcesMap: {} });
    for (const one of silent) expect(tagsIn(emulator, one)).toEqual({ env: "prod", owner: "ann" });
    const shown = async (input: GetResourcesCommandInput) =>
      (await get(input)).ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN);
    expect(await shown({})).toEqual([instanceArn("i-1")]);
    expect(await shown({ TagFilters: [{ Key: "owner" }] })).toEqual([]);
    expect(await shown({ ResourceTypeFilters: ["iam", "autoscaling:autoScalingGroup"] })).toEqual([]);
    expect(await shown({ ResourceARNList: [...arns, instanceArn("i-1")] })).toEqual([instanceArn("i-1")]);
  });

  it("puts an injected error of one resource into FailedResourcesMap and tags the others", async () => {
    const { emulator, tag } = await tagging([instance("i-1"), instance("i-2")]);
    emulator.setFaults([{ match: { resourceId: "*/i-2" }, effect: "error", code: "UnauthorizedOperation" }]);
    const { FailedResourcesMap } = await tag([instanceArn("i-1"), instanceArn("i-2")], { a: "1" });
    expect(FailedResourcesMap).toMatchObject({ [instanceArn("i-2")]: { ErrorCode: "UnauthorizedOperation" } });
    expect([tagsIn(emulator, instance("i-1")), tagsIn(emulator, instance("i-2"))]).toEqual([{ a: "1" }, {}]);
  });

  it("throttles with ThrottledException and fails with InternalServiceException 500", async () => {
    const { emulator, get } = await tagging([instance("i-1")]);
    emulator.setFaults([{ effect: "throttle", times: 1 }, { effect: "error" }]);
    await expect(get({})).rejects.toMatchObject({ name: "ThrottledException", $metadata: { httpStatusCode: 400 } });
    const failure = { name: "InternalServiceException", $metadata: { httpStatusCode: 500 } };
    await expect(get({})).rejects.toMatchObject(failure);
  });

  it.each([
    ["a wrong secret", { secretAccessKey: "wrong" }, "InvalidSignatureException"],
    ["an unknown key", { accessKeyId: "nobody" }, "UnrecognizedClientException"],
    ["a session token that the key doesn't have", { sessionToken: "made up" }, "UnrecognizedClientException"],
  ])("refuses %s", async (_, wrong, name) => {
    const { description } = await emulate([instance("i-1")]);
    const { endpoint, region, accessKeyId, secretAccessKey } = description.aws;
    const credentials = { accessKeyId, secretAccessKey, ...wrong };
    const client = new ResourceGroupsTaggingAPIClient({ endpoint, region, credentials });
    await expect(client.send(new GetResourcesCommand({}))).rejects.toMatchObject({ name });
  });

  it("refuses a signature that is scoped to another region", async () => {
    const { description } = await emulate([instance("i-1")]);
    const { endpoint, accessKeyId, secretAccessKey } = description.aws;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new ResourceGroupsTaggingAPIClient({ endpoint, region: "eu-west-1", credentials });
    const call = client.send(new GetResourcesCommand({}));
    await expect(call).rejects.toMatchObject({ name: "InvalidSignatureException" });
  });
});
