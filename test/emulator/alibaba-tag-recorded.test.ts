import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { recordingServer } from "../providers/recording-server.ts";
import { tag, tagClient } from "./alibaba-tag-client.ts";
import { emulate } from "./emulate.ts";
import { recordedRequests, sendRecorded, type Recorded } from "./recorded.ts";

const request = recordedRequests("alibaba-tag");

const ACCOUNT = "1234567890123456";
const VPC = `arn:acs:vpc:cn-hangzhou:${ACCOUNT}:vpc/vpc-1`;
const INSTANCE = `arn:acs:ecs:cn-hangzhou:${ACCOUNT}:instance/i-1`;
const at = { account: ACCOUNT, region: "cn-hangzhou" };
const vpc: EmulatedResource = { ...at, type: "alibaba:vpc:vpc", id: "vpc-1", tags: { owner: "x", env: "dev" } };
const instance: EmulatedResource = { ...at, type: "alibaba:ecs:instance", id: "i-1", tags: { owner: "team-a" } };

async function replay(recorded: Recorded) {
  const emulator = await emulate([vpc, instance]);
  const answer = await sendRecorded(recorded, emulator, ACCOUNT);
  const tagsOf = (resource: EmulatedResource) => emulator.world.get(resource)?.tags;
  return { ...answer, tags: [tagsOf(vpc), tagsOf(instance)] };
}

const unchanged = [vpc.tags, instance.tags];
const custom = (Key: string, Value: string) => ({ Key, Value, Category: "Custom" });

describe("a recorded request", () => {
  it.each([
    [
      "TagResources.mixed-types",
      {
        status: 200,
        body: { FailedResources: { FailedResource: [] } },
        tags: [
          { owner: "team-a", env: "dev", "cost-center": "R&D" },
          { owner: "team-a", "cost-center": "R&D" },
        ],
      },
    ],
    [
      "TagResources.sts",
      { status: 200, body: { FailedResources: {} }, tags: [{ owner: "team-a", env: "dev" }, instance.tags] },
    ],
    ["UntagResources", { status: 200, body: { FailedResources: {} }, tags: [{ env: "dev" }, instance.tags] }],
    [
      "ListTagResources.by-arn",
      {
        status: 200,
        body: {
          NextToken: "",
          TagResources: [{ ResourceARN: VPC, Tags: [custom("owner", "x"), custom("env", "dev")] }],
        },
        tags: unchanged,
      },
    ],
    [
      "ListTagResources.by-tags",
      {
        status: 403,
        body: { Code: "Invalid.NextToken", Message: "The parameter NextToken is invalid." },
        tags: unchanged,
      },
    ],
    [
      "ListSupportResourceTypes",
      {
        status: 200,
        body: {
          NextToken: "",
          SupportResourceTypes: [
            {
              ProductCode: "ecs",
              ResourceType: "instance",
              ArnTemplate: "acs:ecs:*:*:instance/${ResourceId}",
              SupportItems: [{ SupportCode: "TAG_CONSOLE_SUPPORT", Support: true, SupportDetails: [] }],
            },
          ],
        },
        tags: unchanged,
      },
    ],
  ])("%s is answered as the documentation has it", async (name, answer) => {
    expect(await replay(request(name))).toMatchObject(answer);
  });

  it("by tags lists what carries them, once its token, which another cloud gave, is left out", async () => {
    const byTags = request("ListTagResources.by-tags");
    const first = { ...byTags, url: byTags.url.replace(/NextToken=[0-9a-f]+&/, "") };
    expect((await replay(first)).body).toEqual({
      NextToken: "",
      TagResources: [{ ResourceARN: INSTANCE, Tags: [custom("owner", "team-a")] }],
    });
  });
});

const regionId = "cn-hangzhou";
type Client = ReturnType<typeof tagClient>;

describe("@alicloud/tag20180828, as installed,", () => {
  it.each<[name: string, call: (client: Client) => Promise<unknown>, securityToken?: string]>([
    [
      "TagResources.mixed-types",
      (client) => {
        const tags = JSON.stringify({ owner: "team-a", "cost-center": "R&D" });
        return client.tagResources(new tag.TagResourcesRequest({ regionId, resourceARN: [VPC, INSTANCE], tags }));
      },
    ],
    [
      "TagResources.sts",
      (client) => {
        const tags = JSON.stringify({ owner: "team-a" });
        return client.tagResources(new tag.TagResourcesRequest({ regionId, resourceARN: [VPC], tags }));
      },
      "FAKESECURITYTOKEN",
    ],
    [
      "UntagResources",
      (client) => {
        const tagKey = ["owner", "cost-center"];
        return client.untagResources(new tag.UntagResourcesRequest({ regionId, resourceARN: [VPC], tagKey }));
      },
    ],
    [
      "ListTagResources.by-arn",
      (client) => {
        const query = { regionId, resourceARN: [VPC], category: "Custom", pageSize: 1000 };
        return client.listTagResources(new tag.ListTagResourcesRequest(query));
      },
    ],
    [
      "ListTagResources.by-tags",
      (client) => {
        const nextToken = "caeba0bbb2be03f84eb48b699f0a0000";
        const query = { regionId, tags: JSON.stringify({ owner: "team-a" }), pageSize: 50, nextToken };
        return client.listTagResources(new tag.ListTagResourcesRequest(query));
      },
    ],
    [
      "ListSupportResourceTypes",
      (client) => {
        const filter = { productCode: "ecs", resourceTye: "instance", supportCode: "TAG_CONSOLE_SUPPORT" };
        const query = { regionId, ...filter, maxResult: 1000, showItems: true };
        return client.listSupportResourceTypes(new tag.ListSupportResourceTypesRequest(query));
      },
    ],
  ])("sends %s as it was recorded", async (name, call, securityToken) => {
    await using server = await recordingServer({ body: '{"RequestId":"R1"}' });
    const keys = { accessKeyId: "FAKEACCESSKEYID000000", accessKeySecret: "fake" };
    await call(tagClient(server.origin, { ...keys, ...(securityToken !== undefined && { securityToken }) }));
    const { url, headers } = request(name);
    const sent = server.requests[0];
    expect([sent?.method, sent?.path, Object.fromEntries(sent?.query ?? []), sent?.body]).toEqual([
      "POST",
      "/",
      Object.fromEntries(new URLSearchParams(url.split("?")[1])),
      "",
    ]);
    const own = Object.entries(sent?.headers ?? {}).filter(
      ([header]) => header === "accept" || header.startsWith("x-acs"),
    );
    const varying = ["x-acs-date", "x-acs-signature-nonce"];
    expect(Object.fromEntries(own.filter(([header]) => !varying.includes(header)))).toEqual(headers);
  });
});
