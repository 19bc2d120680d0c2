import { describe, expect, it } from "vitest";
import type { Emulator } from "../../local/emulator/start.ts";
import { cloudApi, cloudApiClient } from "./alibaba-clients.ts";
import { apiGroup, emulate, ids, manyTags, tagsIn } from "./emulate.ts";

const {
  TagResourcesRequest,
  TagResourcesRequestTag,
  UntagResourcesRequest,
  ListTagResourcesRequest,
  ListTagResourcesRequestTag,
  DescribeApiGroupsRequest,
} = cloudApi;

function tagRequest(resourceId: string[], tags: Readonly<Record<string, string>>, resourceType = "apiGroup") {
  const tag = Object.entries(tags).map(([key, value]) => new TagResourcesRequestTag({ key, value }));
  return new TagResourcesRequest({ resourceType, resourceId, tag });
}

async function listAll(emulator: Emulator, query: object): Promise<{ rows: string[]; calls: number }> {
  const client = cloudApiClient(emulator.description);
  const rows: string[] = [];
  let nextToken: string | undefined;
  let calls = 0;
  do {
    const request = new ListTagResourcesRequest({ resourceType: "apiGroup", ...query });
    if (nextToken !== undefined) request.nextToken = nextToken;
    const { body } = await client.listTagResources(request);
    for (const row of body?.tagResources?.tagResource ?? []) {
      rows.push(`${row.resourceId} ${row.tagKey}=${row.tagValue}`);
    }
    nextToken = body?.nextToken;
    calls += 1;
  } while (nextToken !== undefined && nextToken !== "" && nextToken !== "-1");
  return { rows, calls };
}

describe("@alicloud/cloudapi20160714 against the emulator", () => {
  it("tags all named resources, overwrites equal keys and keeps the others", async () => {
    const emulator = await emulate([apiGroup("g1", { env: "dev", team: "a" }), apiGroup("g2")]);
    await cloudApiClient(emulator.description).tagResources(tagRequest(["g1", "g2"], { env: "prod", 名字: "a b+*~" }));
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ env: "prod", team: "a", 名字: "a b+*~" });
    expect(tagsIn(emulator, apiGroup("g2"))).toEqual({ env: "prod", 名字: "a b+*~" });
  });

  it("tags none of the resources where one doesn't exist", async () => {
    const emulator = await emulate([apiGroup("g1")]);
    const call = cloudApiClient(emulator.description).tagResources(tagRequest(["g1", "gone"], { env: "prod" }));
    await expect(call).rejects.toMatchObject({
      code: "InvalidResourceId.NotFound",
      statusCode: 400,
      data: { Message: "The specified ResourceIds are not found in our records." },
    });
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({});
  });

  it("tags none of the resources where one would exceed its 20 tags", async () => {
    const emulator = await emulate([apiGroup("g1"), apiGroup("full", manyTags(20))]);
    const call = cloudApiClient(emulator.description).tagResources(tagRequest(["g1", "full"], { env: "prod" }));
    await expect(call).rejects.toMatchObject({ code: "QuotaExceed.TagsPerResource", statusCode: 400 });
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({});
  });

  it("lets a full resource have one of its own keys overwritten", async () => {
    const emulator = await emulate([apiGroup("full", manyTags(20))]);
    await cloudApiClient(emulator.description).tagResources(tagRequest(["full"], { k3: "new" }));
    expect(tagsIn(emulator, apiGroup("full"))?.["k3"]).toBe("new");
  });

  it.each([
    ["an unknown type", tagRequest(["g1"], { a: "b" }, "gateway"), "InvalidParameter.ResourceType"],
    ["no type", tagRequest(["g1"], { a: "b" }, ""), "MissingParameter.ResourceType"],
    ["no ids", tagRequest([], { a: "b" }), "MissingParameter.ResourceIds"],
    ["no tags", tagRequest(["g1"], {}), "MissingParameter.Tags"],
    ["51 ids", tagRequest(ids("g", 51), { a: "b" }), "NumberExceed.ResourceIds"],
    ["21 tags", tagRequest(["g1"], manyTags(21)), "NumberExceed.Tags"],
    ["the same id twice", tagRequest(["g1", "g1"], { a: "b" }), "Duplicate.ResourceId"],
    ["a reserved key", tagRequest(["g1"], { "acs:x": "b" }), "NoPermission.SystemTag"],
    ["a link as key", tagRequest(["g1"], { "see http://x": "b" }), "NoPermission.SystemTag"],
    ["a key of 129 characters", tagRequest(["g1"], { ["k".repeat(129)]: "b" }), "InvalidParameter.TagKey"],
    ["a value of 129 characters", tagRequest(["g1"], { a: "v".repeat(129) }), "InvalidParameter.TagValue"],
    [
      "a value without its key",
      new TagResourcesRequest({
        resourceType: "apiGroup",
        resourceId: ["g1"],
        tag: [new TagResourcesRequestTag({ value: "b" })],
      }),
      "InvalidParameter.TagKey",
    ],
    [
      "the same key twice",
      new TagResourcesRequest({
        resourceType: "apiGroup",
        resourceId: ["g1"],
        tag: ["1", "2"].map((value) => new TagResourcesRequestTag({ key: "a", value })),
      }),
      "Duplicate.TagKey",
    ],
  ])("refuses %s and changes nothing", async (_, request, code) => {
    const emulator = await emulate([apiGroup("g1")]);
    const call = cloudApiClient(emulator.description).tagResources(request);
    await expect(call).rejects.toMatchObject({ name: "ClientError", code, statusCode: 400 });
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({});
  });

  it.each(["apiGroup", "plugin", "app", "api"])("tags resources of the type %s", async (kind) => {
    const resource = { ...apiGroup("r1"), type: `alibaba:apigateway:${kind}` };
    const emulator = await emulate([resource]);
    await cloudApiClient(emulator.description).tagResources(tagRequest(["r1"], { a: "b" }, kind));
    expect(tagsIn(emulator, resource)).toEqual({ a: "b" });
  });

  it("takes a link as value, and a value that begins as the system's keys do", async () => {
    const emulator = await emulate([apiGroup("g1")]);
    const tags = { runbook: "https://wiki.example.com/net", by: "acs:me", too: "aliyun" };
    await cloudApiClient(emulator.description).tagResources(tagRequest(["g1"], tags));
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual(tags);
  });

  it("counts 20 tags beside the system's own", async () => {
    const own = { "acs:tag:createdby": "sub:root", "acs:autoscaling:group": "asg" };
    const emulator = await emulate([apiGroup("g1", { ...manyTags(19), ...own })]);
    const tag = (key: string) => cloudApiClient(emulator.description).tagResources(tagRequest(["g1"], { [key]: "x" }));
    await tag("twentieth");
    await expect(tag("one-more")).rejects.toMatchObject({ code: "QuotaExceed.TagsPerResource" });
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ ...manyTags(19), ...own, twentieth: "x" });
  });

  it.each([
    ["by All", { all: true }],
    ["by their keys", { tagKey: ["acs:tag:createdby", "a"] }],
  ])("leaves the system's tags where they are asked for %s", async (_, asked) => {
    const emulator = await emulate([apiGroup("g1", { "acs:tag:createdby": "sub:root", a: "1" })]);
    const request = new UntagResourcesRequest({ resourceType: "apiGroup", resourceId: ["g1"], ...asked });
    await cloudApiClient(emulator.description).untagResources(request);
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ "acs:tag:createdby": "sub:root" });
  });

  it("shows the system's tags, and looks for them", async () => {
    const emulator = await emulate([apiGroup("g1", { "acs:tag:createdby": "sub:root", a: "1" }), apiGroup("g2")]);
    const tag = [new ListTagResourcesRequestTag({ key: "acs:tag:createdby" })];
    expect((await listAll(emulator, { tag })).rows).toEqual(["g1 acs:tag:createdby=sub:root"]);
  });

  it("takes the empty key, an empty value and lengths up to 128 code points", async () => {
    const emulator = await emulate([apiGroup("g1")]);
    const longest = "𠀀".repeat(128);
    await cloudApiClient(emulator.description).tagResources(tagRequest(["g1"], { "": "", [longest]: longest }));
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ "": "", [longest]: longest });
  });

  it("takes 50 ids and 20 tags in one call", async () => {
    const names = ids("g", 50);
    const emulator = await emulate(names.map((id) => apiGroup(id)));
    await cloudApiClient(emulator.description).tagResources(tagRequest(names, manyTags(20)));
    expect(names.every((id) => Object.keys(tagsIn(emulator, apiGroup(id)) ?? {}).length === 20)).toBe(true);
  });

  it("untags the named keys, ignoring All, and ignores keys that aren't there", async () => {
    const emulator = await emulate([apiGroup("g1", { a: "1", b: "2" })]);
    const request = new UntagResourcesRequest({
      resourceType: "apiGroup",
      resourceId: ["g1"],
      tagKey: ["a", "x"],
      all: true,
    });
    await cloudApiClient(emulator.description).untagResources(request);
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ b: "2" });
  });

  it.each([
    [true, {}],
    [false, { a: "1" }],
  ])("untags without keys and All=%s to %j", async (all, left) => {
    const emulator = await emulate([apiGroup("g1", { a: "1" })]);
    const request = new UntagResourcesRequest({ resourceType: "apiGroup", resourceId: ["g1"], all });
    await cloudApiClient(emulator.description).untagResources(request);
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual(left);
  });

  it("lists 50 rows a page, splits a resource's rows over pages and ends with -1", async () => {
    const names = ids("g", 9);
    const emulator = await emulate(names.map((id) => apiGroup(id, manyTags(20))));
    const { rows, calls } = await listAll(emulator, { resourceId: names });
    expect(calls).toBe(4);
    expect(new Set(rows).size).toBe(180);
  });

  it("lists by tags with AND, a key alone meaning any value, and only the rows that match", async () => {
    const emulator = await emulate([
      apiGroup("g1", { env: "prod", team: "a" }),
      apiGroup("g2", { env: "prod" }),
      apiGroup("g3", { env: "dev", team: "a" }),
      apiGroup("g4"),
    ]);
    const prod = new ListTagResourcesRequestTag({ key: "env", value: "prod" });
    const anyTeam = new ListTagResourcesRequestTag({ key: "team" });
    expect((await listAll(emulator, { tag: [prod] })).rows).toEqual(["g1 env=prod", "g2 env=prod"]);
    expect((await listAll(emulator, { tag: [prod, anyTeam] })).rows).toEqual(["g1 env=prod", "g1 team=a"]);
  });

  it("lists 1,000 resources by tag, each once, although some are removed while it pages", async () => {
    const names = ids("g", 1000);
    const emulator = await emulate(names.map((id) => apiGroup(id, { env: "prod" })));
    const client = cloudApiClient(emulator.description);
    const tag = [new ListTagResourcesRequestTag({ key: "env" })];
    const request = new ListTagResourcesRequest({ resourceType: "apiGroup", tag });
    const seen: string[] = [];
    for (;;) {
      const { body } = await client.listTagResources(request);
      seen.push(...(body?.tagResources?.tagResource ?? []).map(({ resourceId }) => resourceId ?? ""));
      if (body?.nextToken === "-1") break;
      request.nextToken = body?.nextToken ?? "";
      emulator.world.remove(apiGroup(seen[0] ?? "")); // Already seen: it must shift nothing.
    }
    expect(seen).toEqual(names);
  });

  it("refuses a listing without ids and tags, and a token of another query", async () => {
    const emulator = await emulate(ids("g", 3).map((id) => apiGroup(id, manyTags(20))));
    const client = cloudApiClient(emulator.description);
    const nothing = client.listTagResources(new ListTagResourcesRequest({ resourceType: "apiGroup" }));
    await expect(nothing).rejects.toMatchObject({ code: "MissingParameter.TagOrResourceId", statusCode: 400 });
    const query = { resourceType: "apiGroup", resourceId: ids("g", 3) };
    const { body } = await client.listTagResources(new ListTagResourcesRequest(query));
    const nextToken = body?.nextToken ?? "";
    const other = new ListTagResourcesRequest({ ...query, resourceId: ["g0"], nextToken });
    await expect(client.listTagResources(other)).rejects.toMatchObject({ code: "Invalid.NextToken" });
  });

  it("describes untagged groups too, newest first, page by page with inline tags", async () => {
    const emulator = await emulate([...ids("g", 60).map((id) => apiGroup(id)), apiGroup("last", { a: "1" })]);
    const client = cloudApiClient(emulator.description);
    const page = async (pageNumber: number) =>
      (await client.describeApiGroups(new DescribeApiGroupsRequest({ pageNumber, pageSize: 50 }))).body;
    const first = await page(1);
    const second = await page(2);
    expect(first?.totalCount).toBe(61);
    const [newest] = first?.apiGroupAttributes?.apiGroupAttribute ?? [];
    expect(newest).toMatchObject({ groupId: "last", regionId: "cn-hangzhou" });
    expect(newest?.tags?.tagInfo?.map(({ key, value }) => [key, value])).toEqual([["a", "1"]]);
    const groups = [first, second].flatMap((body) => body?.apiGroupAttributes?.apiGroupAttribute ?? []);
    expect(new Set(groups.map(({ groupId }) => groupId)).size).toBe(61);
  });

  it.each([["51"], ["0"]])("refuses a page of %s groups", async (size) => {
    const emulator = await emulate([apiGroup("g1")]);
    const request = new DescribeApiGroupsRequest({ pageSize: Number(size) });
    const call = cloudApiClient(emulator.description).describeApiGroups(request);
    await expect(call).rejects.toMatchObject({ code: "InvalidPageSize", statusCode: 400 });
  });

  it("describes plugins, apps with numeric ids, app attributes and APIs", async () => {
    const of = (kind: string, id: string) => ({ ...apiGroup(id, { a: "1" }), type: `alibaba:apigateway:${kind}` });
    const emulator = await emulate([of("plugin", "p1"), of("app", "20112314518278"), of("api", "a1")]);
    const client = cloudApiClient(emulator.description);
    const { body: plugins } = await client.describePlugins(new cloudApi.DescribePluginsRequest({}));
    expect(plugins).toMatchObject({ plugins: { pluginAttribute: [{ pluginId: "p1" }] } });
    const { body: apps } = await client.describeApps(new cloudApi.DescribeAppsRequest({}));
    expect(apps).toMatchObject({ apps: { appItem: [{ appId: 20112314518278 }] } });
    const { body: attributes } = await client.describeAppAttributes(new cloudApi.DescribeAppAttributesRequest({}));
    expect(attributes).toMatchObject({ apps: { appAttribute: [{ tags: { tagInfo: [{ key: "a", value: "1" }] } }] } });
    const { body: apis } = await client.describeApis(new cloudApi.DescribeApisRequest({}));
    const tagList = { tag: [{ tagKey: "a", tagValue: "1" }] };
    expect(apis).toMatchObject({ apiSummarys: { apiSummary: [{ apiId: "a1", tagList }] } });
  });

  it("shows a key its own account and a port its own region only", async () => {
    const foreign = { ...apiGroup("g1"), account: "999988887777" };
    const elsewhere = { ...apiGroup("g2"), region: "cn-beijing" };
    const emulator = await emulate([apiGroup("g0"), foreign, elsewhere]);
    const call = (id: string) => cloudApiClient(emulator.description).tagResources(tagRequest([id], { a: "b" }));
    await expect(call("g1")).rejects.toMatchObject({ code: "InvalidResourceId.NotFound" });
    await expect(call("g2")).rejects.toMatchObject({ code: "InvalidResourceId.NotFound" });
    const there = cloudApiClient(emulator.description, "cn-beijing");
    await there.tagResources(tagRequest(["g2"], { a: "b" }));
    expect(tagsIn(emulator, elsewhere)).toEqual({ a: "b" });
  });

  it("names the offender only where it is asked to", async () => {
    const emulator = await emulate([apiGroup("g1")], { namesOffender: true });
    const call = cloudApiClient(emulator.description).tagResources(tagRequest(["g1", "gone"], { a: "b" }));
    await expect(call).rejects.toThrow("ResourceId: gone");
  });
});
