import { describe, expect, test } from "vitest";
import { createProvider } from "../../../../lib/providers/index.ts";
import { alibabaAccount, deps } from "../../accounts.ts";
import { recordingServer } from "../../recording-server.ts";

const type = "alibaba:*:*";
const AccountId = alibabaAccount.account;

const row = {
  AccountId,
  RegionId: "cn-hangzhou",
  ResourceType: "ACS::ECS::Instance",
  ResourceId: "i-1",
  ResourceName: "web",
  Tags: [{ Key: "owner", Value: "a" }],
};

/** What our provider makes of an answer, and what it asked. */
async function answered(body: object, regions = ["cn-hangzhou", "cn-beijing"]) {
  await using server = await recordingServer({ body: JSON.stringify({ RequestId: "R", ...body }) });
  const account = { ...alibabaAccount, regions, types: ["alibaba:*"], endpoints: { "*": server.origin } };
  const provider = createProvider(account, deps);
  const page = await provider.listInventory("all", type, undefined);
  return { page, query: server.requests[0]?.query };
}

describe("a page of Resource Center", () => {
  test("is one of 500 of all configured regions and of what has none", async () => {
    const { query } = await answered({ Resources: [] });
    expect(Object.fromEntries(query ?? [])).toEqual({
      "Filter.1.Key": "RegionId",
      "Filter.1.MatchType": "Equals",
      "Filter.1.Value.1": "cn-hangzhou",
      "Filter.1.Value.2": "cn-beijing",
      "Filter.1.Value.3": "global",
      MaxResults: "500",
    });
  });

  test("shows a resource with its type as it is called here, its region and its tags", async () => {
    const { page } = await answered({ Resources: [row], NextToken: "t1" });
    expect(page).toEqual({
      resources: [{ type: "alibaba:ecs:instance", id: "i-1", region: "cn-hangzhou", tags: new Map([["owner", "a"]]) }],
      rowCount: 1,
      nextToken: "t1",
    });
  });

  test.each([{ NextToken: "" }, {}])("is the last one with %j for a token", async (end) => {
    const { page } = await answered({ Resources: [row], ...end });
    expect(page.nextToken).toBeUndefined();
  });

  test.each([
    ["whose region is global", { RegionId: "global", ResourceType: "ACS::Domain::Domain" }, "alibaba:domain:domain"],
    ["whose service is deployed centrally", { ResourceType: "ACS::CDN::Domain" }, "alibaba:cdn:domain"],
    ["whose region is left out", { RegionId: undefined, ResourceType: "ACS::Domain::Domain" }, "alibaba:domain:domain"],
  ])("has no region for a row %s", async (_, fields, named) => {
    const { page } = await answered({ Resources: [{ ...row, ...fields }] });
    expect(page.resources).toMatchObject([{ type: named, region: "global" }]);
  });

  test("leaves out the tags of the system", async () => {
    const Tags = [{ Key: "acs:tag:createdby", Value: "x" }, { Key: "aliyun-a", Value: "x" }, ...row.Tags];
    const { page } = await answered({ Resources: [{ ...row, Tags }] });
    expect(page.resources[0]?.tags).toEqual(new Map([["owner", "a"]]));
  });

  test.each([
    ["no tags", {}],
    ["tags that can't be read", { Tags: [{ Name: "owner" }] }],
  ])("knows nothing of the tags of a row with %s", async (_, { Tags }: { Tags?: unknown }) => {
    const { page } = await answered({ Resources: [{ ...row, Tags }] });
    expect(page.resources[0]).not.toHaveProperty("tags");
  });

  test("knows that an empty list of tags is none", async () => {
    const { page } = await answered({ Resources: [{ ...row, Tags: [] }] });
    expect(page.resources[0]?.tags).toEqual(new Map());
  });

  test("counts what it leaves out: what has a row of its own here, what is deleted, what is another account's", async () => {
    const { page } = await answered({
      Resources: [
        { ...row, ResourceType: "ACS::ApiGateway::ApiGroup" },
        { ...row, Deleted: true },
        { ...row, AccountId: "999988887777" },
        row,
      ],
    });
    expect(page.resources.map(({ id }) => id)).toEqual(["i-1"]);
    expect(page.rowCount).toBe(4);
  });

  test("says of a type that nobody knows to take tags that it doesn't, unless it carries some", async () => {
    const queue = { ...row, ResourceType: "ACS::MNS::Queue", Tags: [{ Key: "acs:tag:createdby", Value: "x" }] };
    const { page } = await answered({ Resources: [queue, { ...queue, Tags: row.Tags }] });
    expect(page.resources).toMatchObject([
      { type: "alibaba:mns:queue", notTaggable: "UnsupportedType" },
      { id: "i-1" },
    ]);
    expect(page.resources[1]).not.toHaveProperty("notTaggable");
  });

  test.each([
    ["no rows", {}],
    ["a row without an id", { Resources: [{ ...row, ResourceId: "" }] }],
    ["a row without a type", { Resources: [{ ...row, ResourceType: undefined }] }],
    ["a row whose type is none", { Resources: [{ ...row, ResourceType: "instance" }] }],
    ["a row that is none", { Resources: ["i-1"] }],
  ])("is no page with %s", async (_, body) => {
    await expect(answered(body)).rejects.toMatchObject({ code: "UnexpectedResponse", kind: "unknown" });
  });
});

describe("the counts of Resource Center", () => {
  async function counted(by: "type" | "region", ResourceCounts: unknown) {
    await using server = await recordingServer({ body: JSON.stringify({ RequestId: "R", ResourceCounts }) });
    const account = { ...alibabaAccount, types: ["alibaba:*"], endpoints: { "*": server.origin } };
    const counts = await createProvider(account, deps).countInventory?.("all", type, by);
    return { counts, query: Object.fromEntries(server.requests[0]?.query ?? []) };
  }

  test("by type are under the name that a type has here", async () => {
    const { counts, query } = await counted("type", [
      { GroupName: "ACS::SLB::LoadBalancer", Count: 3 },
      { GroupName: "ACS::SLB::Instance", Count: 2 },
      { GroupName: "ACS::EIP::EipAddress", Count: 1 },
    ]);
    expect(counts).toEqual(
      new Map([
        ["alibaba:slb:instance", 5],
        ["alibaba:vpc:eip", 1],
      ]),
    );
    expect(query).toMatchObject({ GroupByKey: "ResourceType", "Filter.1.Value.1": "cn-hangzhou" });
  });

  test("by region are those of all regions, configured or not", async () => {
    const { counts, query } = await counted("region", [{ GroupName: "us-west-1", Count: 7 }]);
    expect(counts).toEqual(new Map([["us-west-1", 7]]));
    expect(query).toEqual({ GroupByKey: "Region" });
  });

  test.each([[undefined], [[{ GroupName: "a" }]], [[{ Count: 1 }]], [[{ GroupName: "a", Count: -1 }]]])(
    "are no counts as %j",
    async (groups) => {
      await expect(counted("type", groups)).rejects.toMatchObject({ code: "UnexpectedResponse" });
    },
  );
});

describe("Resource Center is asked", () => {
  test.each([
    ["at the host of China", {}, "resourcecenter.aliyuncs.com"],
    [
      "at the other one, where the account is of the international site",
      { site: "international" },
      "resourcecenter-intl.aliyuncs.com",
    ],
  ] as const)("%s", async (_, site, host) => {
    const asked: string[] = [];
    const send = async ({ origin }: { readonly origin: URL }) => {
      asked.push(origin.host);
      return { status: 200, headers: {}, body: '{"RequestId":"R","Resources":[]}' };
    };
    const provider = createProvider({ ...alibabaAccount, ...site, types: ["alibaba:*"] }, { ...deps, send });
    await provider.listInventory("all", type, undefined);
    expect(asked).toEqual([host]);
  });

  test("at a private endpoint, which is not left", async () => {
    await using server = await recordingServer({ body: '{"RequestId":"R","Resources":[]}' });
    const account = { ...alibabaAccount, types: ["alibaba:*"], endpoints: { "cn-hangzhou": server.origin } };
    await createProvider(account, deps).listInventory("all", type, undefined);
    expect(server.requests.length).toBe(1);
  });
});

describe("the Tag service is asked", () => {
  test.each([
    ["cn-hangzhou", "tag.cn-hangzhou.aliyuncs.com", "cn-hangzhou"],
    ["us-west-1", "tag.us-east-1.aliyuncs.com", "us-west-1"],
    ["cn-shanghai-finance-1", "tag.aliyuncs.com", "cn-shanghai-finance-1"],
    ["global", "tag.cn-hangzhou.aliyuncs.com", "cn-hangzhou"],
  ])("for %s at %s, as region %s", async (region, host, RegionId) => {
    const asked: [string, string | null][] = [];
    const send = async ({ origin, path }: { readonly origin: URL; readonly path: string }) => {
      asked.push([origin.host, new URL(path, origin).searchParams.get("RegionId")]);
      return { status: 200, headers: {}, body: '{"RequestId":"R","SupportResourceTypes":[]}' };
    };
    const provider = createProvider({ ...alibabaAccount, types: ["alibaba:*"] }, { ...deps, send });
    await provider.listTypes?.(region, undefined);
    expect(asked).toEqual([[host, RegionId]]);
  });
});
