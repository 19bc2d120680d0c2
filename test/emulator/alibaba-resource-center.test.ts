import { describe, expect, it } from "vitest";
import * as fc from "../properties.ts";
import { LISTED_TYPES } from "../../local/emulator/alibaba/resource-center/resource-types.ts";
import { TAGGABLE_TYPES } from "../../local/emulator/alibaba/tag-service/taggable-types.ts";
import { parseEmulatedResource, type EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { createWorld } from "../../local/emulator/world.ts";
import { genericCaller } from "./alibaba-clients.ts";
import { arn, resource, tag, tagClient } from "./alibaba-tag-client.ts";
import { ALIBABA_ACCOUNT, apiGroup, emulate, ids, tagsIn } from "./emulate.ts";

const VERSION = "2022-12-01";
const DELAY_MS = 120_000;

interface Row {
  readonly ResourceType: string;
  readonly RegionId: string;
  readonly ResourceId: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

type Query = Readonly<Record<string, unknown>>;

async function emulateCenter(resources: readonly EmulatedResource[], options: Omit<EmulatorOptions, "resources"> = {}) {
  let time = Date.now();
  const emulator = await emulate(resources, { now: () => time, ...options });
  const { alibaba } = emulator.description;
  const call = genericCaller(emulator.description, VERSION);
  const page = async (query: Query = {}) => {
    const body = await call("SearchResources", query);
    return { rows: body["Resources"] as readonly Row[], next: body["NextToken"] };
  };
  return {
    emulator,
    call,
    page,
    /** What all pages show, as `id` → tags. */
    shown: async (query: Query = {}) => {
      const rows: Row[] = [];
      let next: unknown;
      do {
        const one = await page({ MaxResults: 500, ...query, ...(next !== undefined && { NextToken: next }) });
        rows.push(...one.rows);
        next = one.next;
      } while (next !== undefined);
      return rows.map(({ ResourceId, Tags }) => [
        ResourceId,
        Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      ]);
    },
    counts: async (query: Query) => {
      const { ResourceCounts } = await call("GetResourceCounts", query);
      const rows = ResourceCounts as readonly { readonly GroupName: string; readonly Count: number }[];
      return Object.fromEntries(rows.map(({ GroupName, Count }) => [GroupName, Count]));
    },
    tags: tagClient(alibaba.endpoint, alibaba),
    pass: (ms: number) => (time += ms),
  };
}

const filter = (Key: string, MatchType: string, ...Value: string[]) => ({ Key, MatchType, Value });

const tagged = resource("ecs:instance", "i-1", { owner: "team-a", env: "prod" });
const bucket = resource("oss:bucket", "logs", { env: "dev" }, "cn-beijing");
const project = resource("log:project", "logs");
const domain = resource("cdn:domain", "example.com", {}, "global");
const queue = resource("mns:queue", "jobs");
const group = apiGroup("g1", { owner: "team-b" });
const ALL = [tagged, bucket, project, domain, queue, group];

describe("SearchResources", () => {
  it("lists every region and type of the account, tagged or not, and what can't be tagged", async () => {
    const { page } = await emulateCenter([...ALL, { ...tagged, account: "222233334444", id: "i-9" }]);
    const { rows, next } = await page();
    expect(rows.map(({ ResourceType, RegionId, ResourceId }) => [ResourceType, RegionId, ResourceId])).toEqual([
      ["ACS::ECS::Instance", "cn-hangzhou", "i-1"],
      ["ACS::OSS::Bucket", "cn-beijing", "logs"],
      ["ACS::SLS::Project", "cn-hangzhou", "logs"],
      ["ACS::CDN::Domain", "global", "example.com"],
      ["ACS::MNS::Queue", "cn-hangzhou", "jobs"],
      ["ACS::ApiGateway::ApiGroup", "cn-hangzhou", "g1"],
    ]);
    expect(next).toBeUndefined();
  });

  it.each([
    [[filter("RegionId", "Equals", "cn-beijing", "global")], ["logs", "example.com"]],
    [[filter("ResourceType", "equals", "ACS::ECS::Instance", "acs::mns::queue")], ["i-1", "jobs"]],
    [[filter("ResourceId", "Prefix", "lo")], ["logs", "logs"]],
    [[filter("ResourceId", "Equals", "logs"), filter("RegionId", "Equals", "cn-hangzhou")], ["logs"]],
    [[filter("Tag", "Contains", '{"key":"env","value":"dev"}', '{"value":"team-b"}')], ["logs", "g1"]],
    [[filter("Tag", "NotContains", '{"key":"owner"}')], ["logs", "logs", "example.com", "jobs"]],
    [[filter("Tag", "NotExists")], ["logs", "example.com", "jobs"]],
  ])("keeps to its filters: %j", async (Filter, found) => {
    const { shown } = await emulateCenter(ALL);
    expect((await shown({ Filter })).map(([id]) => id)).toEqual(found);
  });

  it("ends a page at 20 rows unless it is asked for up to 500, and its token goes on there", async () => {
    const { page, shown } = await emulateCenter(ids("i-", 1201).map((id) => resource("ecs:instance", id)));
    expect((await page()).rows).toHaveLength(20);
    expect((await shown()).map(([id]) => id)).toEqual(ids("i-", 1201));
  });

  it.each([
    [{ MaxResults: 501 }, "InvalidParameter.MaxResults"],
    [{ MaxResults: 0 }, "InvalidParameter.MaxResults"],
    [{ NextToken: "x" }, "InvalidParameter.NextToken"],
    [{ Filter: [filter("Colour", "Equals", "red")] }, "InvalidParameter.Filter"],
    [{ Filter: [filter("ResourceType", "Prefix", "ACS::")] }, "InvalidParameter.Filter"],
    [{ Filter: [filter("ResourceType", "Equals", "ACS::ECS::Nothing")] }, "InvalidParameter.Filter.ResourceType"],
    [{ Filter: [filter("Tag", "Contains", "owner")] }, "InvalidParameter.Filter.Tag"],
    [{ Filter: [filter("Tag", "Contains", "{}")] }, "InvalidParameter.Filter.Tag"],
    [{ SortCriterion: { Key: "ResourceId" } }, "InvalidParameter.SortCriterion.Key"],
    [{ SortCriterion: { Key: "CreateTime", Order: "DESC" } }, "InvalidParameter.SortCriterion.Order"],
    [{ SearchExpression: "i-1" }, "InvalidParameter.SearchExpression"],
    [{ IncludeDeletedResources: true }, "InvalidParameter.IncludeDeletedResources"],
  ])("refuses %j", async (query, code) => {
    const { call } = await emulateCenter(ALL);
    await expect(call("SearchResources", query)).rejects.toMatchObject({ code });
  });

  it("takes a token for the filters alone that it was given for", async () => {
    const { page, call } = await emulateCenter(ALL);
    const { next } = await page({ MaxResults: 1 });
    const other = { MaxResults: 1, NextToken: next, Filter: [filter("RegionId", "Equals", "cn-hangzhou")] };
    await expect(call("SearchResources", other)).rejects.toMatchObject({ code: "InvalidParameter.NextToken" });
  });

  it("is refused where Resource Center is off, and nowhere else", async () => {
    const { call } = await emulateCenter(ALL, { resourceCenter: { offIn: [ALIBABA_ACCOUNT] } });
    await expect(call("SearchResources")).rejects.toMatchObject({ code: "ServiceNotEnabled" });
    await expect(call("GetResourceCounts", { GroupByKey: "Region" })).rejects.toMatchObject({
      code: "ServiceNotEnabled",
    });
    const elsewhere = await emulateCenter(ALL, { resourceCenter: { offIn: ["222233334444"] } });
    expect((await elsewhere.page()).rows).toHaveLength(6);
  });

  it("counts in no region, whichever endpoint is asked, and faults find it by what its filters name", async () => {
    const { page, call, emulator } = await emulateCenter(ALL);
    const onTypes = { action: "alibaba:resourcecenter:SearchResources", type: "alibaba:ecs:*", region: "global" };
    emulator.setFaults([{ match: onTypes, effect: "throttle" }]);
    const Filter = [filter("ResourceType", "Equals", "ACS::ECS::Instance")];
    await expect(call("SearchResources", { Filter })).rejects.toMatchObject({ code: "Throttling.User" });
    expect((await page()).rows).toHaveLength(6);
    emulator.setFaults([{ match: { resourceId: "logs" }, effect: "not-found" }]);
    const byId = { Filter: [filter("ResourceId", "Equals", "logs", "i-1")] };
    expect((await page(byId)).rows.map(({ ResourceId }) => ResourceId)).toEqual(["i-1"]);
    expect(emulator.calls()).toEqual({ "alibaba:resourcecenter:SearchResources": 3 });
  });

  it("is let through ten times a second, over all regions of an account", async () => {
    const { page, call } = await emulateCenter(ALL, { quota: "documented" });
    for (let count = 0; count < 10; count += 1) await page();
    await expect(call("SearchResources")).rejects.toMatchObject({ code: "Throttling.User" });
  });
});

describe("what Resource Center shows", () => {
  it("is two minutes old: what is new, what is tagged and what has gone", async () => {
    const { emulator, shown, tags, pass } = await emulateCenter([tagged, project]);
    emulator.world.create(resource("ecs:disk", "d-1", { env: "dev" }));
    emulator.world.remove(project);
    const request = { regionId: "cn-hangzhou", resourceARN: [arn("ecs", "instance/i-1")], tags: '{"team":"a"}' };
    await tags.tagResources(new tag.TagResourcesRequest(request));
    expect(tagsIn(emulator, tagged)).toMatchObject({ team: "a" });
    const before = [
      ["i-1", { owner: "team-a", env: "prod" }],
      ["logs", {}],
    ];
    expect(await shown()).toEqual(before);
    pass(DELAY_MS - 1);
    expect(await shown()).toEqual(before);
    pass(1);
    expect(await shown()).toEqual([
      ["i-1", { owner: "team-a", env: "prod", team: "a" }],
      ["d-1", { env: "dev" }],
    ]);
  });

  it("is as old as it is told to be", async () => {
    const { emulator, shown } = await emulateCenter([], { inventoryDelayMs: 0 });
    emulator.world.create(project);
    emulator.world.create({ ...project, tags: { env: "dev" } });
    expect(await shown()).toEqual([["logs", { env: "dev" }]]);
  });

  it("counts from when a resource was visible", async () => {
    const { emulator, shown, pass } = await emulateCenter([]);
    emulator.world.create({ ...project, visibleAfterMs: 5000 });
    pass(DELAY_MS);
    expect(await shown()).toEqual([]);
    pass(5000);
    expect(await shown()).toEqual([["logs", {}]]);
  });

  it("is what there is at the start, from the start, and after a reset", async () => {
    const { emulator, shown } = await emulateCenter([tagged]);
    emulator.world.create(project);
    emulator.reset();
    expect(await shown()).toEqual([["i-1", tagged.tags]]);
  });

  it("of an id that was taken again is the old one and then the new one", async () => {
    const { emulator, shown, pass } = await emulateCenter([project]);
    emulator.world.remove(project);
    pass(1000);
    emulator.world.create({ ...project, tags: { env: "dev" } });
    expect(await shown()).toEqual([["logs", {}]]);
    pass(DELAY_MS - 1000);
    expect(await shown()).toEqual([]);
    pass(1000);
    expect(await shown()).toEqual([["logs", { env: "dev" }]]);
  });

  it("is what was there two minutes ago, whatever has happened since", () => {
    const change = fc.record({
      id: fc.constantFrom(...ids("p", 4)),
      did: fc.constantFrom("create", "tag", "remove"),
      after: fc.nat(90_000),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        let time = 0;
        const world = createWorld(() => time, { inventoryDelayMs: () => DELAY_MS });
        const past: { at: number; state: string[] }[] = [{ at: 0, state: [] }];
        for (const [index, { id, did, after }] of changes.entries()) {
          time += after;
          if (did === "remove") world.remove(resource("log:project", id));
          else if (did === "create" || world.get(resource("log:project", id)) !== undefined) {
            world.create(resource("log:project", id, { n: `${index}` }));
          }
          past.push({ at: time, state: [...world.all()].map((one) => JSON.stringify([one.id, one.tags])).sort() });
        }
        for (const later of [0, DELAY_MS / 3, DELAY_MS]) {
          time += later;
          const shown: string[] = [];
          world.inventory("alibaba", ALIBABA_ACCOUNT, 0, ({ id }, tags) => {
            shown.push(JSON.stringify([id, { n: tags[1] }]));
            return true;
          });
          expect(shown.sort()).toEqual(past.findLast(({ at }) => at <= time - DELAY_MS)?.state ?? []);
        }
      }),
    );
  });
});

describe("a narrow role", () => {
  it("shortens the listing without a word, and the counts unless they are those of all", async () => {
    const sees = { [ALIBABA_ACCOUNT]: ["alibaba:ecs:*"] };
    const narrow = await emulateCenter(ALL, { resourceCenter: { sees } });
    expect((await narrow.shown()).map(([id]) => id)).toEqual(["i-1"]);
    expect(await narrow.counts({ GroupByKey: "Region" })).toEqual({ "cn-hangzhou": 4, "cn-beijing": 1, global: 1 });
    const narrower = await emulateCenter(ALL, { resourceCenter: { sees, countsWhatIsSeen: true } });
    expect(await narrower.counts({ GroupByKey: "Region" })).toEqual({ "cn-hangzhou": 1 });
  });

  it("that a session policy has cut down sees what the policy lets it read, and calls what it names", async () => {
    const { emulator } = await emulateCenter(ALL);
    const take = genericCaller(emulator.description, "2015-04-01");
    const as = async (...Action: string[]) => {
      const { Credentials } = await take("AssumeRole", {
        RoleArn: emulator.description.alibaba.role.roleArn,
        RoleSessionName: "s1",
        Policy: JSON.stringify({ Version: "1", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }),
      });
      const { AccessKeyId, AccessKeySecret, SecurityToken } = Credentials as Record<string, string>;
      const keys = { accessKeyId: AccessKeyId ?? "", accessKeySecret: AccessKeySecret ?? "" };
      return genericCaller(emulator.description, VERSION, { ...keys, securityToken: SecurityToken ?? "" });
    };
    const search = await as("resourcecenter:*", "oss:List*", "log:PutLogs");
    const { Resources } = await search("SearchResources");
    expect((Resources as readonly Row[]).map(({ ResourceType }) => ResourceType)).toEqual(["ACS::OSS::Bucket"]);
    const other = await as("ecs:Describe*");
    await expect(other("SearchResources")).rejects.toMatchObject({ code: "NoPermission" });
  });
});

describe("GetResourceCounts", () => {
  it.each([
    ["Region", { "cn-hangzhou": 4, "cn-beijing": 1, global: 1 }],
    ["TagKey", { owner: 2, env: 2 }],
    ["TagValue", { "team-a": 1, prod: 1, dev: 1, "team-b": 1 }],
    ["ResourceGroupId", { "rg-default": 6 }],
  ])("by %s", async (GroupByKey, expected) => {
    const { counts } = await emulateCenter(ALL);
    expect(await counts({ GroupByKey })).toEqual(expected);
  });

  it("counts what the filters leave", async () => {
    const { counts } = await emulateCenter(ALL);
    const Filter = [filter("RegionId", "Equals", "cn-hangzhou", "global"), filter("Tag", "NotExists")];
    expect(await counts({ GroupByKey: "ResourceType", Filter })).toEqual({
      "ACS::SLS::Project": 1,
      "ACS::CDN::Domain": 1,
      "ACS::MNS::Queue": 1,
    });
  });

  it("is refused without a known group", async () => {
    const { call } = await emulateCenter(ALL);
    await expect(call("GetResourceCounts")).rejects.toMatchObject({ code: "InvalidParameter.GroupByKey" });
  });
});

describe("ListResourceTypes", () => {
  it("names each type that the Tag service takes by one code, and no code for what can't be tagged", async () => {
    const { call } = await emulateCenter([]);
    const { ResourceTypes } = await call("ListResourceTypes", { Query: ["CodeMapping"] });
    const rows = ResourceTypes as readonly { ResourceType: string; CodeMapping: { Tag?: string } }[];
    const codes = rows.flatMap(({ CodeMapping }) => CodeMapping.Tag ?? []);
    expect(codes).toEqual(TAGGABLE_TYPES.map(({ product, kind }) => `${product}.${kind}`));
    const without = rows.filter(({ CodeMapping }) => CodeMapping.Tag === undefined);
    expect(without.map(({ ResourceType }) => ResourceType)).toContain("ACS::MNS::Queue");
    expect(new Set(rows.map(({ ResourceType }) => ResourceType.toLowerCase())).size).toBe(rows.length);
  });

  it("knows the fields that it is asked for, and one type by its name", async () => {
    const { call } = await emulateCenter([], { resourceCenter: { offIn: [ALIBABA_ACCOUNT] } });
    const { ResourceTypes } = await call("ListResourceTypes", { ResourceType: "acs::eip::eipaddress" });
    expect(ResourceTypes).toEqual([
      {
        ResourceType: "ACS::EIP::EipAddress",
        ProductName: "EIP",
        ResourceTypeName: "EipAddress",
        FilterKeys: ["ResourceType", "RegionId", "ResourceId", "ResourceName", "Tag"],
        RelatedResourceTypes: [],
        CodeMapping: { ResourceGroup: "vpc.eip", Tag: "vpc.eip" },
      },
    ]);
    await expect(call("ListResourceTypes", { ResourceType: "ACS::X::Y" })).rejects.toMatchObject({
      code: "InvalidParameter.ResourceType",
    });
    await expect(call("ListResourceTypes", { Query: ["Colour"] })).rejects.toMatchObject({
      code: "InvalidParameter.Query",
    });
  });

  it("has a type for each that resources may have", () => {
    for (const { type } of LISTED_TYPES) {
      const value = { type, account: ALIBABA_ACCOUNT, region: "cn-hangzhou", id: "x" };
      expect(parseEmulatedResource(value, "line 1")).toMatchObject({ type });
    }
  });
});
