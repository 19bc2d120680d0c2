import { describe, expect, it } from "vitest";
import * as fc from "../properties.ts";
import { readParameters } from "../../local/emulator/alibaba/parameters.ts";
import { readTags } from "../../local/emulator/alibaba/tag-service/request.ts";
import { TAGGABLE_TYPES } from "../../local/emulator/alibaba/tag-service/taggable-types.ts";
import { parseEmulatedResource, type EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { ipamCaller, cloudApi, cloudApiClient } from "./alibaba-clients.ts";
import { arn, resource, tag, tagClient, type WriteAnswer } from "./alibaba-tag-client.ts";
import { ALIBABA_ACCOUNT, apiGroup, emulate, ids, ipam, manyTags, tagsIn } from "./emulate.ts";
import { rpc } from "./raw-rpc.ts";

const { ListSupportResourceTypesRequest, ListTagResourcesRequest, TagResourcesRequest, UntagResourcesRequest } = tag;

const HANGZHOU = "cn-hangzhou";
const TAGS = { owner: "team-a", "cost-center": "R&D/π" };

const instance = resource("ecs:instance", "i-1");
const INSTANCE = arn("ecs", "instance/i-1");

async function emulateTags(resources: readonly EmulatedResource[], options: Omit<EmulatorOptions, "resources"> = {}) {
  const emulator = await emulate(resources, options);
  const { alibaba } = emulator.description;
  const client = tagClient(alibaba.endpoint, alibaba);
  const common = { regionId: HANGZHOU };
  return {
    emulator,
    client,
    write: async (resourceARN: string[], tags: unknown = TAGS, more: object = {}) => {
      const request = { ...common, resourceARN, tags: JSON.stringify(tags), ...more };
      const { body } = await client.tagResources(new TagResourcesRequest(request));
      return failures(body);
    },
    untag: async (resourceARN: string[], tagKey: string[]) => {
      const { body } = await client.untagResources(new UntagResourcesRequest({ ...common, resourceARN, tagKey }));
      return failures(body);
    },
    list: async (query: object) => {
      const { body } = await client.listTagResources(new ListTagResourcesRequest({ ...common, ...query }));
      const rows = (body?.tagResources ?? []).map(
        ({ resourceARN, tags }) =>
          [resourceARN ?? "", Object.fromEntries((tags ?? []).map(({ key = "", value }) => [key, value]))] as const,
      );
      return { rows, next: body?.nextToken };
    },
    types: async (query: object) => {
      const request = new ListSupportResourceTypesRequest(query);
      const { body } = await client.listSupportResourceTypes(request);
      return { rows: body?.supportResourceTypes ?? [], next: body?.nextToken };
    },
  };
}

/** By ARN the code of what failed. */
function failures(body: WriteAnswer | undefined): Record<string, string | undefined> {
  const failed = body?.failedResources?.failedResource ?? [];
  return Object.fromEntries(failed.map(({ resourceARN = "", result }) => [resourceARN, result?.code]));
}

describe("@alicloud/tag20180828 against the emulator's Tag service", () => {
  it("tags resources of several products in one call, lists them by ARN, and takes keys off", async () => {
    const vpc = resource("vpc:vpc", "vpc-1", { env: "prod" });
    const { emulator, write, list, untag } = await emulateTags([instance, vpc]);
    const arns = [INSTANCE, arn("vpc", "vpc/vpc-1")];
    expect(await write(arns)).toEqual({});
    expect(await list({ resourceARN: arns, category: "Custom" })).toEqual({
      rows: [
        [INSTANCE, TAGS],
        [arn("vpc", "vpc/vpc-1"), { env: "prod", ...TAGS }],
      ],
      next: "",
    });
    expect(await untag(arns, ["owner", "env"])).toEqual({});
    expect([tagsIn(emulator, instance), tagsIn(emulator, vpc)]).toEqual([
      { "cost-center": "R&D/π" },
      { "cost-center": "R&D/π" },
    ]);
    expect(emulator.calls()).toEqual({
      "alibaba:tag:TagResources": 1,
      "alibaba:tag:ListTagResources": 1,
      "alibaba:tag:UntagResources": 1,
    });
  });

  it("keeps resources of two types apart that have the same id", async () => {
    const bucket = resource("oss:bucket", "logs");
    const project = resource("log:project", "logs", { a: "1" });
    const { emulator, write, list } = await emulateTags([bucket, project]);
    await write([arn("oss", "bucket/logs")], { b: "2" });
    expect([tagsIn(emulator, bucket), tagsIn(emulator, project)]).toEqual([{ b: "2" }, { a: "1" }]);
    const { rows } = await list({ resourceARN: [arn("log", "project/logs"), arn("oss", "bucket/logs")] });
    expect(rows).toEqual([
      [arn("log", "project/logs"), { a: "1" }],
      [arn("oss", "bucket/logs"), { b: "2" }],
    ]);
  });

  it("writes the others where some of a call fail, and says for each of those why", async () => {
    const full = resource("rds:instance", "rm-full", manyTags(19));
    const { emulator, write } = await emulateTags([instance, full]);
    const FULL = arn("rds", "instance/rm-full");
    const GONE = arn("ecs", "disk/d-gone");
    expect(await write([GONE, FULL, INSTANCE])).toEqual({
      [GONE]: "InvalidResourceId.NotFound",
      [FULL]: "QuotaExceed.TagsPerResource",
    });
    expect([tagsIn(emulator, instance), tagsIn(emulator, full)]).toEqual([TAGS, manyTags(19)]);
  });

  it("names what is gone in an untag, and takes the keys off the others", async () => {
    const { emulator, untag } = await emulateTags([{ ...instance, tags: TAGS }]);
    const GONE = arn("ecs", "disk/d-gone");
    expect(await untag([INSTANCE, GONE], ["owner"])).toEqual({ [GONE]: "InvalidResourceId.NotFound" });
    expect(tagsIn(emulator, instance)).toEqual({ "cost-center": "R&D/π" });
  });

  it.each([
    [1, { FailedResources: {} }],
    [2, { FailedResources: { FailedResource: [] } }],
    [3, {}],
  ])("says that all is well in one of three ways: of %i resources with %j", async (count, shape) => {
    const { emulator } = await emulateTags(ids("i-", count).map((id) => resource("ecs:instance", id)));
    const arns = ids("i-", count).map((id, index) => [`ResourceARN.${index + 1}`, arn("ecs", `instance/${id}`)]);
    const answer = await rpc(emulator.description, {
      Action: "TagResources",
      Version: "2018-08-28",
      RegionId: HANGZHOU,
      Tags: '{"a":"b"}',
      ...Object.fromEntries(arns),
    });
    expect(answer.json()).toEqual({ RequestId: expect.any(String) as string, ...shape });
  });

  it.each([
    ["mns", "queue/q-1", "InvalidParameter.ServiceCode", "service code: mns in  ResourceARN is not valid"],
    ["ecs", "toaster/t-1", "InvalidParameter.ResourceType", "resource type: toaster in ResourceARN is not valid"],
  ])("refuses a whole call for one resource of %s:%s", async (product, rest, code, message) => {
    const { emulator, write, list, untag } = await emulateTags([{ ...instance, tags: TAGS }]);
    const arns = [INSTANCE, arn(product, rest)];
    const error = { statusCode: 400, code, message: expect.stringContaining(message) as string };
    await expect(write(arns, { a: "b" })).rejects.toMatchObject(error);
    await expect(untag(arns, ["owner"])).rejects.toMatchObject(error);
    await expect(list({ resourceARN: arns })).rejects.toMatchObject(error);
    expect(tagsIn(emulator, instance)).toEqual(TAGS);
  });

  it.each<[code: string, status: number, what: string, arns: string[], tags: unknown]>([
    ["InvalidResourceARN.FormatError", 400, "an ARN of RAM", ["acs:ecs:cn-hangzhou:111122223333:instance/i-1"], TAGS],
    ["InvalidResourceARN.FormatError", 400, "an ARN without an id", [arn("ecs", "instance")], TAGS],
    ["InvalidResourceARN.FormatError", 400, "all of a type", [arn("ecs", "instance/*")], TAGS],
    ["InvalidResourceARN.Region", 400, "another region", [INSTANCE, arn("ecs", "disk/d-1", "cn-beijing")], TAGS],
    ["InvalidResourceARN.Account", 400, "another account", [INSTANCE, arn("ecs", "disk/d-1", HANGZHOU, "9")], TAGS],
    ["MissingParameter.ResourceIds", 403, "no ARN", [], TAGS],
    ["NumberExceed.ResourceIds", 403, "51 ARNs", ids("i-", 51).map((id) => arn("ecs", `instance/${id}`)), TAGS],
    ["NumberExceed.Tags", 403, "11 tags", [INSTANCE], manyTags(11)],
    ["InvalidParameter.Tags", 400, "no tags", [INSTANCE], {}],
    ["InvalidParameter.Tags", 400, "a list", [INSTANCE], ["a"]],
    ["InvalidParameter.Tags", 400, "a number for a value", [INSTANCE], { a: 1 }],
    ["InvalidParameter.Tags", 400, "an object for a value", [INSTANCE], { a: { b: "c" } }],
    ["InvalidParameter.TagKey", 400, "an empty key", [INSTANCE], { "": "b" }],
    ["InvalidParameter.TagKey", 400, "a key of 129 characters", [INSTANCE], { ["k".repeat(129)]: "b" }],
    ["InvalidParameter.TagKey", 400, "a key that holds a link", [INSTANCE], { "see http://x": "b" }],
    ["InvalidParameter.TagValue", 400, "an empty value", [INSTANCE], { a: "" }],
    ["InvalidParameter.TagValue", 400, "a value of 129 characters", [INSTANCE], { a: "v".repeat(129) }],
    ["NoPermission.SystemTag", 403, "a key of the system", [INSTANCE], { "acs:tag:createdby": "b" }],
    ["NoPermission.SystemTag", 403, "a key that begins with aliyun, in any case", [INSTANCE], { "Aliyun-x": "b" }],
  ])("answers %s (%i) to a write with %s", async (code, statusCode, _, arns, tags) => {
    const { emulator, write } = await emulateTags([instance]);
    await expect(write(arns, tags)).rejects.toMatchObject({ statusCode, code });
    expect(tagsIn(emulator, instance)).toEqual({});
  });

  it.each([
    ["Duplicate.TagKey", '{"a":"1", "b":"2", "\\u0061":"3"}'],
    ["InvalidParameter.Tags", "{S:S}"],
    ["InvalidParameter.Tags", '{"a":"b"'],
    ["InvalidParameter.Tags", '{"a":"b",}'],
    ["InvalidParameter.Tags", '{"a":"\n"}'],
  ])("answers %s to the text %s", async (Code, Tags) => {
    const { emulator } = await emulateTags([instance]);
    const parameters = { Action: "TagResources", Version: "2018-08-28", RegionId: HANGZHOU, "ResourceARN.1": INSTANCE };
    expect((await rpc(emulator.description, { ...parameters, Tags })).json()).toMatchObject({ Code });
    expect(tagsIn(emulator, instance)).toEqual({});
  });

  it("reads every object of text as JSON has it, however it is written", () => {
    const unit = fc.constantFrom(...'"\\/{}[]:,k é😀中\n\t\u0001\u2028');
    const text = fc.string({ unit, maxLength: 6 }).map((some) => `k${some}`);
    const object = fc.dictionary(text, text, { minKeys: 1, maxKeys: 4 });
    const escaped = (json: string) => json.replaceAll("k", "\\u006b");
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 2, "\t\n"), fc.boolean(), (tags, space, isEscaped) => {
        const json = JSON.stringify(tags, undefined, space);
        const query = new URLSearchParams({ Tags: isEscaped ? escaped(json) : json }).toString();
        const parameters = readParameters({ method: "POST", path: "/", query, headers: {}, body: Buffer.alloc(0) });
        expect([...readTags({ parameters })]).toEqual(Object.entries(tags));
      }),
    );
  });

  it("takes 50 resources, 10 tags, and the longest key and value that there may be", async () => {
    const all = ids("i-", 50).map((id) => resource("ecs:instance", id));
    const { emulator, write } = await emulateTags(all);
    const tags = { ...manyTags(9), ["键".repeat(128)]: "😀".repeat(128) };
    expect(
      await write(
        all.map(({ id }) => arn("ecs", `instance/${id}`)),
        tags,
      ),
    ).toEqual({});
    for (const one of all) expect(tagsIn(emulator, one)).toEqual(tags);
  });

  it.each<[code: string, status: number, what: string, arns: string[], keys: string[]]>([
    ["MissingParameter.TagKey", 404, "no keys", [INSTANCE], []],
    ["NumberExceed.Tags", 403, "11 keys", [INSTANCE], ids("k", 11)],
    ["InvalidParameter.TagKey", 400, "a key of 129 characters", [INSTANCE], ["k".repeat(129)]],
    ["NoPermission.SystemTag", 403, "a key of the system", [INSTANCE], ["acs:tag:createdby"]],
    ["MissingParameter.ResourceIds", 403, "no ARN", [], ["owner"]],
  ])("answers %s (%i) to an untag with %s", async (code, statusCode, _, arns, keys) => {
    const { emulator, untag } = await emulateTags([{ ...instance, tags: TAGS }]);
    await expect(untag(arns, keys)).rejects.toMatchObject({ statusCode, code });
    expect(tagsIn(emulator, instance)).toEqual(TAGS);
  });

  it("wants the region in every call that is about resources", async () => {
    const { emulator } = await emulateTags([instance]);
    for (const Action of ["TagResources", "UntagResources", "ListTagResources"]) {
      const answer = await rpc(emulator.description, { Action, Version: "2018-08-28", "ResourceARN.1": INSTANCE });
      expect([answer.status, answer.json()]).toMatchObject([404, { Code: "MissingParameter.RegionId" }]);
    }
  });

  it("answers in XML too, with an empty element where nothing failed", async () => {
    const { emulator } = await emulateTags([instance]);
    const answer = await rpc(emulator.description, {
      Action: "TagResources",
      Version: "2018-08-28",
      Format: "XML",
      RegionId: HANGZHOU,
      "ResourceARN.1": INSTANCE,
      Tags: '{"a":"b"}',
    });
    expect(answer.text).toContain("<FailedResources></FailedResources></TagResourcesResponse>");
  });
});

describe("an ARN", () => {
  it.each([
    ["slb:instance", "lb-1", "slb", "loadbalancer"],
    ["kvstore:instance", "r-1", "redis", "dbinstance"],
    ["ecs:eni", "eni-1", "ecs", "NetworkInterface"],
    ["vpc:eip", "eip-1", "eip", "EipAddress"],
    ["cs:cluster", "c1", "ACK", "Cluster"],
    ["log:project", "logs", "sls", "project"],
    ["polardbx:polardbxinstance", "pxc-1", "polardbx", "PolarDBXInstance"],
    ["apigateway:apiGroup", "g1", "apigateway", "apigroup"],
    ["vpcipam:IPAM", "ipam-1", "vpcipam", "ipam"],
  ])("of %s %s may say %s and %s, and the answer says what the Tag service does", async (type, id, product, kind) => {
    const one = resource(type, id);
    const { emulator, write, list } = await emulateTags([one]);
    const sent = arn(product, `${kind}/${id}`);
    expect(await write([sent])).toEqual({});
    expect(tagsIn(emulator, one)).toEqual(TAGS);
    const { rows } = await list({ resourceARN: [sent] });
    const [code, name = ""] = type.split(":");
    const own = name === "polardbxinstance" ? "PolarDBXInstance" : name.toLowerCase();
    expect(rows).toEqual([[arn(code ?? "", `${own}/${id}`), TAGS]]);
  });

  it("in two spellings names one resource, which is listed once", async () => {
    const { list } = await emulateTags([resource("slb:instance", "lb-1", TAGS)]);
    const spellings = [arn("slb", "instance/lb-1"), arn("slb", "loadbalancer/lb-1")];
    expect((await list({ resourceARN: spellings })).rows).toEqual([[spellings[0], TAGS]]);
  });

  it("comes back as it was sent where the emulator is told so, twice in two spellings", async () => {
    const options = { arnsAsSent: true };
    const { list, write } = await emulateTags([resource("slb:instance", "lb-1", TAGS)], options);
    const spellings = [arn("slb", "instance/lb-1"), arn("SLB", "LoadBalancer/lb-1", "*", "*")];
    expect((await list({ resourceARN: spellings })).rows.map(([sent]) => sent)).toEqual(spellings);
    const all = arn("slb", "loadbalancer/*");
    expect((await list({ resourceARN: [all] })).rows).toEqual([[arn("slb", "loadbalancer/lb-1"), TAGS]]);
    const gone = arn("slb", "loadbalancer/lb-gone", "*");
    expect(await write([gone])).toEqual({ [gone]: "InvalidResourceId.NotFound" });
  });

  it("may say * for the call's region and the caller's account", async () => {
    const { emulator, write, list } = await emulateTags([instance]);
    const anywhere = arn("ecs", "instance/i-1", "*", "*");
    expect(await write([anywhere])).toEqual({});
    expect(tagsIn(emulator, instance)).toEqual(TAGS);
    expect((await list({ resourceARN: [anywhere] })).rows).toEqual([[INSTANCE, TAGS]]);
  });

  it("reaches resources of its own region alone, whichever endpoint is asked", async () => {
    const elsewhere = resource("ecs:instance", "i-1", {}, "cn-beijing");
    const { emulator, write } = await emulateTags([instance, elsewhere]);
    const regionId = "cn-beijing";
    expect(await write([arn("ecs", "instance/i-1", regionId)], TAGS, { regionId })).toEqual({});
    expect([tagsIn(emulator, instance), tagsIn(emulator, elsewhere)]).toEqual([{}, TAGS]);
  });

  it("of a service that is deployed centrally is one of cn-hangzhou, and of no other region", async () => {
    const domain = resource("cdn:domain", "www.example.com", {}, "global");
    const { emulator, write, list } = await emulateTags([domain], { regions: { alibaba: ["cn-beijing"] } });
    const sent = arn("cdn", "domain/www.example.com", "*");
    const regionId = "cn-beijing";
    expect(Object.values(await write([sent], TAGS, { regionId }))).toEqual(["InvalidResourceId.NotFound"]);
    expect(await write([sent])).toEqual({});
    expect(tagsIn(emulator, domain)).toEqual(TAGS);
    const { rows } = await list({ resourceARN: [arn("cdn", "domain/*", "*")] });
    expect(rows).toEqual([[arn("cdn", "domain/www.example.com"), TAGS]]);
    expect(Object.keys(emulator.description.alibaba.endpoints)).toContain(HANGZHOU);
  });
});

describe("the types that have APIs of their own", () => {
  it("have one resource behind both", async () => {
    const { emulator, write, untag } = await emulateTags([apiGroup("g1"), ipam("ipam-1")]);
    const { description } = emulator;
    await write([arn("apigateway", "apigroup/g1"), arn("vpcipam", "ipam/ipam-1")]);
    const request = new cloudApi.ListTagResourcesRequest({ resourceType: "apiGroup", resourceId: ["g1"] });
    const { body } = await cloudApiClient(description).listTagResources(request);
    expect(body?.tagResources?.tagResource?.map(({ tagKey }) => tagKey)).toEqual(Object.keys(TAGS));
    const ipamTag = {
      RegionId: HANGZHOU,
      ResourceType: "IPAM",
      ResourceId: ["ipam-1"],
      Tag: [{ Key: "x", Value: "1" }],
    };
    await ipamCaller(description)("TagResources", ipamTag);
    await untag([arn("vpcipam", "ipam/ipam-1")], ["owner"]);
    expect(tagsIn(emulator, ipam("ipam-1"))).toEqual({ "cost-center": "R&D/π", x: "1" });
  });
});

describe("ListTagResources", () => {
  async function collect(
    list: Awaited<ReturnType<typeof emulateTags>>["list"],
    query: object,
  ): Promise<{ arns: string[]; pages: number[] }> {
    const arns: string[] = [];
    const pages: number[] = [];
    let nextToken: string | undefined;
    do {
      const { rows, next } = await list({ ...query, ...(nextToken === undefined ? {} : { nextToken }) });
      arns.push(...rows.map(([listed]) => listed));
      pages.push(rows.length);
      nextToken = next;
    } while (nextToken !== "");
    return { arns, pages };
  }

  it("pages through all of a type that carry tags: 50 at a time, or up to 1,000", async () => {
    const all = ids("i-", 1101).map((id, index) => resource("ecs:instance", id, index % 11 === 0 ? {} : { a: "1" }));
    const { list } = await emulateTags([...all, resource("ecs:disk", "d-1", { a: "1" })]);
    const resourceARN = [arn("ecs", "instance/*")];
    const tagged = all.filter((_, index) => index % 11 !== 0).map(({ id }) => arn("ecs", `instance/${id}`));
    expect(await collect(list, { resourceARN, pageSize: 1000 })).toEqual({ arns: tagged, pages: [1000] });
    expect(await collect(list, { resourceARN })).toEqual({ arns: tagged, pages: Array<number>(20).fill(50) });
    expect((await collect(list, { resourceARN, pageSize: 999 })).pages).toEqual([999, 1]);
  });

  it("goes on with the next ARN where a page ends, be it one resource or a type", async () => {
    const disks = ids("d-", 3).map((id) => resource("ecs:disk", id, { a: "1" }));
    const { list } = await emulateTags([...disks, { ...instance, tags: TAGS }]);
    const resourceARN = [INSTANCE, arn("ecs", "disk/*"), arn("ecs", "disk/d-gone"), arn("ecs", "disk/d-0")];
    const listed = [INSTANCE, ...[0, 1, 2, 0].map((n) => arn("ecs", `disk/d-${n}`))];
    for (const pageSize of [1, 2, 3, 4, 5]) {
      expect((await collect(list, { resourceARN, pageSize })).arns).toEqual(listed);
    }
  });

  it("finds by tags alone what carries all of them, of every type of the region", async () => {
    const { list } = await emulateTags([
      resource("vpc:vpc", "vpc-1", { a: "1", b: "2", c: "3" }),
      resource("ecs:disk", "d-1", { a: "1", b: "2" }),
      resource("ecs:disk", "d-2", { a: "1", b: "9" }),
      resource("ecs:disk", "d-3", { a: "1", b: "2" }, "cn-beijing"),
      resource("cdn:domain", "x.example.com", { b: "2", a: "1" }, "global"),
    ]);
    const query = { tags: JSON.stringify({ a: "1", b: "2" }), pageSize: 1 };
    const found = [arn("cdn", "domain/x.example.com"), arn("ecs", "disk/d-1"), arn("vpc", "vpc/vpc-1")];
    expect(await collect(list, query)).toEqual({ arns: found, pages: [1, 1, 1] });
    expect((await list(query)).rows[0]?.[1]).toEqual({ a: "1", b: "2" });
    expect((await list({ ...query, resourceARN: [arn("vpc", "vpc/*")] })).rows).toEqual([
      [arn("vpc", "vpc/vpc-1"), { a: "1", b: "2", c: "3" }],
    ]);
  });

  it.each([
    [undefined, { owner: "x", "acs:tag:createdby": "sub:root" }, 2],
    ["All", { owner: "x", "acs:tag:createdby": "sub:root" }, 2],
    ["Custom", { owner: "x" }, 1],
    ["System", { "acs:tag:createdby": "sub:root" }, 2],
  ])("shows of the category %s the tags %j", async (category, tags, count) => {
    const own = { "acs:tag:createdby": "sub:root" };
    const { list } = await emulateTags([
      { ...instance, tags: { owner: "x", ...own } },
      resource("ecs:instance", "i-2", own),
    ]);
    const query = { resourceARN: [arn("ecs", "instance/*")], ...(category !== undefined && { category }) };
    const { rows } = await list(query);
    expect([rows[0]?.[1], rows.length]).toEqual([tags, count]);
  });

  it.each<[code: string, status: number, what: string, query: object]>([
    ["MissingParameter.ResourceIdARN", 404, "neither ARNs nor tags", {}],
    ["InvalidParameter.Category", 403, "an unknown category", { resourceARN: [INSTANCE], category: "custom" }],
    ["InvalidParameter.PageSize", 400, "pages of 1,001", { resourceARN: [INSTANCE], pageSize: 1001 }],
    ["InvalidParameter.PageSize", 400, "pages of none", { resourceARN: [INSTANCE], pageSize: 0 }],
    ["NumberExceed.ResourceIds", 403, "51 ARNs", { resourceARN: ids("i-", 51).map((id) => arn("ecs", `disk/${id}`)) }],
    ["NumberExceed.Tags", 403, "11 tags", { tags: JSON.stringify(manyTags(11)) }],
    ["InvalidParameter.Tags", 400, "tags that aren't JSON", { tags: "owner=team-a" }],
    ["InvalidParameter.TagValue", 400, "an empty value", { tags: '{"owner":""}' }],
    ["InvalidParameter.TagKey", 400, "an empty key", { tags: '{"":"x"}' }],
    ["Invalid.NextToken", 403, "a made-up token", { resourceARN: [INSTANCE], nextToken: "0".repeat(32) }],
  ])("answers %s (%i) to a listing with %s", async (code, statusCode, _, query) => {
    const { list } = await emulateTags([instance]);
    await expect(list(query)).rejects.toMatchObject({ statusCode, code });
  });

  it("takes a token for the listing alone that it came from", async () => {
    const { list } = await emulateTags(ids("d-", 3).map((id) => resource("ecs:disk", id, { a: "1" })));
    const first = await list({ resourceARN: [arn("ecs", "disk/*")], pageSize: 1 });
    const other = list({ resourceARN: [arn("ecs", "instance/*")], pageSize: 1, nextToken: first.next });
    await expect(other).rejects.toMatchObject({ code: "Invalid.NextToken" });
  });
});

describe("ListSupportResourceTypes", () => {
  it("pages through the types that can be written, as its misspelt filter and its sizes say", async () => {
    const { types } = await emulateTags([]);
    const query = { regionId: HANGZHOU, supportCode: "TAG_CONSOLE_SUPPORT" };
    const all = await types({ ...query, maxResult: 1000 });
    expect(all.next).toBe("");
    expect(new Set(all.rows.map(({ productCode, resourceType }) => `${productCode}:${resourceType}`)).size).toBe(
      all.rows.length,
    );
    const first = await types(query);
    expect(first.rows).toEqual(all.rows.slice(0, 50));
    const second = await types({ ...query, nextToken: first.next });
    expect(second.rows).toEqual(all.rows.slice(50, 100));
    const count = all.rows.length;
    expect((await types({ ...query, maxResult: count })).next).toBe("");
    const most = await types({ ...query, maxResult: count - 1 });
    const last = await types({ ...query, maxResult: count - 1, nextToken: most.next });
    expect(last).toEqual({ rows: all.rows.slice(-1), next: "" });
    const one = await types({ ...query, productCode: "ecs", resourceTye: "INSTANCE", showItems: true });
    expect(one.rows).toMatchObject([
      {
        productCode: "ecs",
        resourceType: "instance",
        arnTemplate: "acs:ecs:*:*:instance/${ResourceId}",
        supportItems: [{ supportCode: "TAG_CONSOLE_SUPPORT", support: true }],
      },
    ]);
  });

  it("lists what `--from` and TagResources take: one of each type is created and tagged", async () => {
    const { types, write, emulator } = await emulateTags([]);
    const { rows } = await types({ maxResult: 1000 });
    const place = { account: ALIBABA_ACCOUNT, region: HANGZHOU, id: "x" };
    const names = new Set(TAGGABLE_TYPES.map(({ type }) => type));
    for (const type of names) emulator.world.create(parseEmulatedResource({ ...place, type }, "line 1"));
    const arns = rows.map(({ arnTemplate = "" }) => `arn:${arnTemplate.replace("${ResourceId}", "x")}`);
    for (let from = 0; from < arns.length; from += 50) expect(await write(arns.slice(from, from + 50))).toEqual({});
    expect([...emulator.world.all()].filter(({ tags }) => tags?.["owner"] === TAGS.owner)).toHaveLength(names.size);
  });

  it.each<[code: string, status: number, query: object]>([
    ["InvalidParameter.SupportCode", 403, { supportCode: "TAG_EVERYTHING" }],
    ["InvalidParameter.MaxResult", 400, { maxResult: 1001 }],
    ["Invalid.NextToken", 403, { nextToken: "no" }],
  ])("answers %s (%i) to %j", async (code, statusCode, query) => {
    const { types } = await emulateTags([]);
    await expect(types(query)).rejects.toMatchObject({ statusCode, code });
  });

  it("knows of no type that supports anything but being tagged", async () => {
    const { types } = await emulateTags([]);
    expect((await types({ supportCode: "CREATED_BY_TAG_CONSOLE_SUPPORT" })).rows).toEqual([]);
  });
});

describe("a fault", () => {
  const disk = resource("ecs:disk", "d-1");
  const DISK = arn("ecs", "disk/d-1");

  it("throttles a call of the Tag service, whichever resource it names", async () => {
    const { emulator, write } = await emulateTags([instance, disk]);
    emulator.setFaults([{ match: { action: "alibaba:tag:*", resourceId: "d-1" }, effect: "throttle", times: 1 }]);
    await expect(write([INSTANCE, DISK])).rejects.toMatchObject({ code: "Throttling.User", statusCode: 400 });
    expect([tagsIn(emulator, instance), tagsIn(emulator, disk)]).toEqual([{}, {}]);
    expect(await write([INSTANCE, DISK])).toEqual({});
  });

  it("refuses a whole call where it names no resource", async () => {
    const fault = { effect: "error", code: "NoPermission.Operator", httpStatus: 403 } as const;
    const { emulator, write } = await emulateTags([instance], { faults: [fault] });
    await expect(write([INSTANCE])).rejects.toMatchObject({ code: "NoPermission.Operator", statusCode: 403 });
    expect(tagsIn(emulator, instance)).toEqual({});
  });

  it.each(["d-1", DISK, "*disk/d-*"])(
    "on the resource %s fails that one, and the others are written",
    async (resourceId) => {
      const { emulator, write, untag } = await emulateTags([instance, disk]);
      emulator.setFaults([{ match: { resourceId }, effect: "error", code: "NoPermission.Operator" }]);
      expect(await write([INSTANCE, DISK])).toEqual({ [DISK]: "NoPermission.Operator" });
      expect(await untag([INSTANCE, DISK], ["owner"])).toEqual({ [DISK]: "NoPermission.Operator" });
      expect([tagsIn(emulator, instance), tagsIn(emulator, disk)]).toEqual([{ "cost-center": "R&D/π" }, {}]);
    },
  );

  it("loses the answer of a write that took effect", async () => {
    const { emulator, write } = await emulateTags([instance]);
    emulator.setFaults([{ match: { type: "alibaba:ecs:*" }, effect: "drop-response", times: 1 }]);
    await expect(write([INSTANCE])).rejects.toThrow("socket hang up");
    expect(tagsIn(emulator, instance)).toEqual(TAGS);
  });

  it("hides a resource from writes, from listings by ARN and from those of its type", async () => {
    const { emulator, write, list } = await emulateTags([
      { ...instance, tags: TAGS },
      { ...disk, tags: TAGS },
    ]);
    for (const resourceId of ["d-1", DISK]) {
      emulator.setFaults([{ match: { resourceId }, effect: "not-found" }]);
      expect(await write([INSTANCE, DISK])).toEqual({ [DISK]: "InvalidResourceId.NotFound" });
      expect((await list({ resourceARN: [INSTANCE, DISK] })).rows).toEqual([[INSTANCE, TAGS]]);
      expect((await list({ resourceARN: [DISK, arn("ecs", "disk/*")] })).rows).toEqual([]);
    }
    emulator.setFaults([{ match: { type: "alibaba:ecs:disk" }, effect: "not-found" }]);
    expect((await list({ resourceARN: [arn("ecs", "disk/*")] })).rows).toEqual([]);
  });

  it("hides what isn't visible yet", async () => {
    let now = Date.now();
    const young = { ...instance, visibleAfterMs: 1000 };
    const { write } = await emulateTags([young], { now: () => now });
    expect(await write([INSTANCE])).toEqual({ [INSTANCE]: "InvalidResourceId.NotFound" });
    now += 1000;
    expect(await write([INSTANCE])).toEqual({});
  });
});

describe("the documented quota", () => {
  it("counts an account's calls over all its regions: 20 a second", async () => {
    const elsewhere = resource("ecs:instance", "i-1", {}, "cn-beijing");
    const started = Date.now();
    const { emulator } = await emulateTags([instance, elsewhere], { quota: "documented", now: () => started });
    const { alibaba } = emulator.description;
    const clients = Object.values(alibaba.endpoints).map((endpoint) => tagClient(endpoint, alibaba));
    expect(clients).toHaveLength(2);
    const request = new ListTagResourcesRequest({ regionId: HANGZHOU, resourceARN: [INSTANCE] });
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => clients[index % 2]?.listTagResources(request) ?? Promise.reject()),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  });
});
