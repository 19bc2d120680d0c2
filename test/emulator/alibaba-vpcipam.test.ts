import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { ipamCaller } from "./alibaba-clients.ts";
import { emulate, ids, ipam, manyTags, tagsIn } from "./emulate.ts";

const QUERY = { RegionId: "cn-hangzhou", ResourceType: "IPAM" };

interface Row {
  readonly ResourceId: string;
  readonly ResourceType: string;
  readonly TagKey: string;
  readonly TagValue: string;
}

async function callIpam(resources: readonly EmulatedResource[]) {
  const emulator = await emulate(resources);
  return { emulator, call: ipamCaller(emulator.description) };
}

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

describe("@alicloud/openapi-core against the emulator's VpcIpam", () => {
  it("tags, lists flat rows and untags", async () => {
    const { emulator, call } = await callIpam([ipam("ipam-1")]);
    await call("TagResources", { ...QUERY, ResourceId: ["ipam-1"], Tag: tagList({ 部门: "网络", env: "" }) });
    const { TagResources, NextToken } = await call("ListTagResources", { ...QUERY, ResourceId: ["ipam-1"] });
    expect(NextToken).toBe("");
    expect(TagResources).toEqual([
      { ResourceId: "ipam-1", ResourceType: "IPAM", TagKey: "部门", TagValue: "网络" },
      { ResourceId: "ipam-1", ResourceType: "IPAM", TagKey: "env", TagValue: "" },
    ]);
    await call("UntagResources", { ...QUERY, ResourceId: ["ipam-1"], TagKey: ["env"] });
    expect(tagsIn(emulator, ipam("ipam-1"))).toEqual({ 部门: "网络" });
  });

  it("lists 10 rows a page unless told otherwise, and 50 at most", async () => {
    const { call } = await callIpam(ids("ipam-", 10).map((id) => ipam(id, manyTags(6))));
    const query = { ...QUERY, ResourceId: ids("ipam-", 10) };
    const byDefault = (await call("ListTagResources", query))["TagResources"] as Row[];
    expect(byDefault).toHaveLength(10);
    const full = await call("ListTagResources", { ...query, MaxResults: 50 });
    expect(full["TagResources"]).toHaveLength(50);
    const rest = await call("ListTagResources", { ...query, MaxResults: 50, NextToken: full["NextToken"] });
    expect(rest["TagResources"]).toHaveLength(10);
    expect(rest["NextToken"]).toBe("");
    await expect(call("ListTagResources", { ...query, MaxResults: 51 })).rejects.toMatchObject({
      code: "IllegalParam.MaxResults",
    });
  });

  it("finds what carries all of the tags, a key alone meaning any value", async () => {
    const resources = [
      ipam("ipam-1", { a: "1", b: "2" }),
      ipam("ipam-2", { a: "1" }),
      ipam("ipam-3", { a: "2", b: "2" }),
    ];
    const { call } = await callIpam(resources);
    const found = async (Tag: readonly object[]) =>
      ((await call("ListTagResources", { ...QUERY, Tag }))["TagResources"] as Row[]).map(
        ({ ResourceId }) => ResourceId,
      );
    expect(await found([{ Key: "b" }])).toEqual(["ipam-1", "ipam-3"]);
    expect(new Set(await found([{ Key: "a", Value: "1" }, { Key: "b" }]))).toEqual(new Set(["ipam-1"]));
  });

  it("intersects ids and tags, and shows all tags of what is left", async () => {
    const resources = [ipam("ipam-1", { a: "1", b: "2" }), ipam("ipam-2", { a: "2" }), ipam("ipam-3", { a: "1" })];
    const { call } = await callIpam(resources);
    const query = { ...QUERY, ResourceId: ["ipam-1", "ipam-2"], Tag: tagList({ a: "1" }) };
    const rows = (await call("ListTagResources", query))["TagResources"] as Row[];
    expect(rows.map(({ ResourceId, TagKey }) => `${ResourceId} ${TagKey}`)).toEqual(["ipam-1 a", "ipam-1 b"]);
  });

  it.each([
    [
      "IllegalParamSize.ResourceIds",
      "TagResources",
      { ResourceId: ids("ipam-", 21), Tag: tagList({ a: "b" }) },
      "The number of Param ResourceIds exceeded the limit.",
    ],
    [
      "IllegalParamSize.ResourceIds",
      "ListTagResources",
      { ResourceId: ids("ipam-", 51) },
      "The number of Param ResourceIds exceeded the limit.",
    ],
    [
      "IllegalParamSize.Tags",
      "ListTagResources",
      { Tag: tagList(manyTags(21)) },
      "The number of Parameter Tags exceeded the limit.",
    ],
    [
      "MissingParameter.ResourceIds",
      "TagResources",
      { Tag: tagList({ a: "b" }) },
      "The input parameter ResourceIds that is mandatory for processing this request is not supplied.",
    ],
    [
      "MissingParameter.ResourceType",
      "ListTagResources",
      { ResourceType: "", ResourceId: ["ipam-1"] },
      "The input parameter ResourceType that is mandatory for processing this request is not supplied.",
    ],
    [
      "MissingParameter.TagsAndResourceIds",
      "ListTagResources",
      {},
      "The input parameter Tags and ResourceIds that is mandatory for processing this request is not supplied.",
    ],
    [
      "MissingParameter.Tags",
      "TagResources",
      { ResourceId: ["ipam-1"] },
      "The input parameter Tags that is mandatory for processing this request is not supplied.",
    ],
    [
      "DuplicatedParam.TagKey",
      "ListTagResources",
      { Tag: [{ Key: "a" }, { Key: "a", Value: "b" }] },
      "TagKey duplicate.",
    ],
    [
      "IllegalParam.ResourceType",
      "ListTagResources",
      { ResourceType: "VPC", ResourceId: ["ipam-1"] },
      "The input parameter ResourceType is invalid.",
    ],
    ["IllegalParam.TagKey", "ListTagResources", { Tag: [{ Value: "b" }] }, "The input parameter TagKey is invalid."],
  ])("answers %s to a wrong %s", async (code, action, query, message) => {
    const { call } = await callIpam([ipam("ipam-1")]);
    const error = { statusCode: 400, code, data: { Message: message } };
    await expect(call(action, { ...QUERY, ...query })).rejects.toMatchObject(error);
  });

  describe.each([
    ["is empty", ""],
    ["starts with a digit", "1a"],
    ["starts with a hyphen", "-a"],
    ["holds a space", "a b"],
    ["holds a colon", "a:b"],
    ["holds a link", "see-http://x"],
    ["starts with aliyun, in any case", "AliYun-x"],
    ["starts with acs:", "acs:x"],
    ["is 65 characters long", "k".repeat(65)],
  ])("a key that %s", (_, key) => {
    it("can't be written", async () => {
      const { emulator, call } = await callIpam([ipam("ipam-1")]);
      const write = call("TagResources", { ...QUERY, ResourceId: ["ipam-1"], Tag: [{ Key: key, Value: "v" }] });
      await expect(write).rejects.toMatchObject({ code: "IllegalParam.TagKey" });
      expect(tagsIn(emulator, ipam("ipam-1"))).toEqual({});
    });

    it("can't be looked for, beside ids or alone", async () => {
      const { call } = await callIpam([ipam("ipam-1")]);
      for (const ids of [{}, { ResourceId: ["ipam-1"] }]) {
        const listed = call("ListTagResources", { ...QUERY, ...ids, Tag: [{ Key: key }] });
        await expect(listed).rejects.toMatchObject({ code: "IllegalParam.TagKey" });
      }
    });
  });

  describe.each([
    ["holds a link", "https://wiki.example.com/net"],
    ["holds a link behind other text, in capitals", "see HTTP://x"],
    ["is 129 characters long", "v".repeat(129)],
  ])("a value that %s", (_, value) => {
    it("can't be written", async () => {
      const { emulator, call } = await callIpam([ipam("ipam-1")]);
      const write = call("TagResources", { ...QUERY, ResourceId: ["ipam-1"], Tag: tagList({ a: value }) });
      await expect(write).rejects.toMatchObject({ code: "IllegalParam.TagValue" });
      expect(tagsIn(emulator, ipam("ipam-1"))).toEqual({});
    });

    it("can't be looked for", async () => {
      const { call } = await callIpam([ipam("ipam-1")]);
      const listed = call("ListTagResources", { ...QUERY, Tag: tagList({ a: value }) });
      await expect(listed).rejects.toMatchObject({ code: "IllegalParam.TagValue" });
    });
  });

  it("takes the longest key and value, and finds them", async () => {
    const { call } = await callIpam([ipam("ipam-1")]);
    const tag = tagList({ [`中${"k".repeat(63)}`]: "é".repeat(128) });
    await call("TagResources", { ...QUERY, ResourceId: ["ipam-1"], Tag: tag });
    const { TagResources } = await call("ListTagResources", { ...QUERY, Tag: tag });
    expect((TagResources as Row[]).map(({ ResourceId }) => ResourceId)).toEqual(["ipam-1"]);
  });

  it("counts 20 tags beside the system's own, shows those, and lets nobody take them off", async () => {
    const own = { "acs:tag:createdby": "sub:root" };
    const { emulator, call } = await callIpam([ipam("ipam-1", { ...manyTags(19), ...own })]);
    const named = { ...QUERY, ResourceId: ["ipam-1"] };
    await call("TagResources", { ...named, Tag: tagList({ twentieth: "x" }) });
    const write = call("TagResources", { ...named, Tag: tagList({ "one-more": "x" }) });
    await expect(write).rejects.toMatchObject({ code: "QuotaExceed.TagsPerResource" });
    expect((await call("ListTagResources", { ...named, MaxResults: 50 }))["TagResources"]).toHaveLength(21);
    await call("UntagResources", { ...named, TagKey: ["acs:tag:createdby"] });
    await call("UntagResources", { ...named, All: true });
    expect(tagsIn(emulator, ipam("ipam-1"))).toEqual(own);
  });

  it("writes nothing where one of the resources doesn't exist", async () => {
    const { emulator, call } = await callIpam([ipam("ipam-1")]);
    const write = call("TagResources", { ...QUERY, ResourceId: ["ipam-1", "gone"], Tag: tagList({ a: "b" }) });
    await expect(write).rejects.toMatchObject({ code: "InvalidResourceId.NotFound" });
    expect(tagsIn(emulator, ipam("ipam-1"))).toEqual({});
  });

  it("wants the region, and only its own", async () => {
    const { call } = await callIpam([ipam("ipam-1")]);
    const query = { ResourceType: "IPAM", ResourceId: ["ipam-1"] };
    await expect(call("ListTagResources", query)).rejects.toMatchObject({ code: "MissingParameter.RegionId" });
    const elsewhere = call("ListTagResources", { ...query, RegionId: "cn-nowhere" });
    await expect(elsewhere).rejects.toMatchObject({ code: "InvalidRegionId.NotFound", statusCode: 404 });
  });

  it.each([
    ["ListIpams", "IPAM", "Ipams", "IpamId"],
    ["ListIpamScopes", "IPAMSCOPE", "IpamScopes", "IpamScopeId"],
    ["ListIpamPools", "IPAMPOOL", "IpamPools", "IpamPoolId"],
  ])("%s lists untagged resources too, page by page", async (action, kind, list, id) => {
    const of = (name: string, tags = {}) => ({ ...ipam(name, tags), type: `alibaba:vpcipam:${kind}` });
    const { call } = await callIpam([...ids("x-", 11).map((name) => of(name)), of("y", { a: "1" })]);
    const first = await call(action, { RegionId: "cn-hangzhou" });
    expect(first).toMatchObject({ Count: 10, TotalCount: 12, MaxResults: 10 });
    const second = await call(action, { RegionId: "cn-hangzhou", NextToken: first["NextToken"] });
    expect(second["NextToken"]).toBe("");
    const rows = [first, second].flatMap((page) => page[list] as Record<string, unknown>[]);
    expect(new Set(rows.map((row) => row[id])).size).toBe(12);
    expect(rows.at(-1)).toMatchObject({ [id]: "y", Tags: [{ Key: "a", Value: "1" }] });
    const filtered = await call(action, { RegionId: "cn-hangzhou", Tags: [{ Key: "a" }] });
    expect(filtered[list]).toHaveLength(1);
  });
});
