import { describe, expect, it } from "vitest";
import { cloudApi, cloudApiClient, popCoreClient } from "./alibaba-clients.ts";
import { ALIBABA_ACCOUNT, apiGroup, emulate, ipam, manyTags, tagsIn } from "./emulate.ts";
import { rpc } from "./raw-rpc.ts";

const LIST = { Action: "ListTagResources", ResourceType: "apiGroup", "ResourceId.1": "g1" };

const agoIso = (minutes: number) => `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;

describe("version 1 signatures", () => {
  it.each(["POST", "GET"])("of @alicloud/pop-core are accepted over %s", async (method) => {
    const emulator = await emulate([apiGroup("g1")]);
    const client = popCoreClient(emulator.description, "2016-07-14");
    const tag = { ResourceType: "apiGroup", "ResourceId.1": "g1", "Tag.1.Key": "环境 *", "Tag.1.Value": "R&D~+/" };
    await client.request("TagResources", tag, { method });
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ "环境 *": "R&D~+/" });
  });

  it("open VpcIpam too, and errors reach pop-core with their code", async () => {
    const emulator = await emulate([ipam("ipam-1", { a: "1" })]);
    const client = popCoreClient(emulator.description, "2023-02-28");
    const query = { RegionId: "cn-hangzhou", ResourceType: "IPAM", "ResourceId.1": "ipam-1" };
    const listed = await client.request("ListTagResources", query, { method: "POST" });
    expect(listed).toMatchObject({ TagResources: [{ TagKey: "a", TagValue: "1" }] });
    const wrong = client.request("TagResources", query, { method: "POST" });
    await expect(wrong).rejects.toMatchObject({ code: "MissingParameter.Tags" });
  });

  it.each([true, false])("are accepted with the parameters in a form body: %s", async (form) => {
    const { description } = await emulate([apiGroup("g1", { a: "1" })]);
    expect((await rpc(description, LIST, { form })).status).toBe(200);
  });

  it.each([
    ["a wrong secret", { secret: "wrong" }, 400, "SignatureDoesNotMatch"],
    ["an unknown key", { keyId: "nobody" }, 404, "InvalidAccessKeyId.NotFound"],
    ["a timestamp 16 minutes old", { timestamp: agoIso(16) }, 400, "InvalidTimeStamp.Expired"],
    ["a timestamp 16 minutes ahead", { timestamp: agoIso(-16) }, 400, "InvalidTimeStamp.Expired"],
    ["a malformed timestamp", { timestamp: "yesterday" }, 400, "InvalidTimeStamp.Format"],
    ["a method that isn't served", { method: "PUT" }, 400, "UnsupportedHTTPMethod"],
  ])("with %s are refused", async (_, variation, status, Code) => {
    const { description } = await emulate([apiGroup("g1")]);
    const answer = await rpc(description, LIST, variation);
    expect([answer.status, answer.json()]).toMatchObject([
      status,
      { Code, RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/) as string },
    ]);
  });

  it("are accepted 14 minutes late", async () => {
    const { description } = await emulate([apiGroup("g1")]);
    expect((await rpc(description, LIST, { timestamp: agoIso(14) })).status).toBe(200);
  });

  it("can't be replayed: a nonce is good for one request", async () => {
    const { description } = await emulate([apiGroup("g1")]);
    expect((await rpc(description, LIST, { nonce: "n1" })).status).toBe(200);
    expect((await rpc(description, LIST, { nonce: "n1" })).json()).toMatchObject({ Code: "SignatureNonceUsed" });
  });

  it("of a temporary key need its security token", async () => {
    const { description } = await emulate([apiGroup("g1")]);
    const temporary = description.alibaba.accounts[ALIBABA_ACCOUNT]?.temporary ?? {};
    const { accessKeyId: keyId = "", accessKeySecret: secret = "", securityToken = "" } = temporary;
    const withToken = await rpc(description, { ...LIST, SecurityToken: securityToken }, { keyId, secret });
    expect(withToken.status).toBe(200);
    const without = await rpc(description, LIST, { keyId, secret });
    expect(without.json()).toMatchObject({ Code: "InvalidSecurityToken.Expired" });
  });
});

describe("version 3 signatures", () => {
  const request = () => new cloudApi.ListTagResourcesRequest({ resourceType: "apiGroup", resourceId: ["g1"] });

  it("of a temporary key are accepted with its security token", async () => {
    const { description } = await emulate([apiGroup("g1")]);
    const temporary = description.alibaba.accounts[ALIBABA_ACCOUNT]?.temporary ?? {};
    const { accessKeyId = "", accessKeySecret = "", securityToken = "" } = temporary;
    const client = cloudApiClient(description, undefined, { accessKeyId, accessKeySecret, securityToken });
    await expect(client.listTagResources(request())).resolves.toMatchObject({ statusCode: 200 });
  });

  it.each([
    ["a wrong secret", { accessKeySecret: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "nobody" }, "InvalidAccessKeyId.NotFound"],
    ["a security token that the key doesn't have", { securityToken: "made-up" }, "InvalidSecurityToken.Expired"],
  ])("with %s are refused", async (_, wrong, code) => {
    const { description } = await emulate([apiGroup("g1")]);
    const client = cloudApiClient(description, undefined, { ...description.alibaba, ...wrong });
    await expect(client.listTagResources(request())).rejects.toMatchObject({ code });
  });
});

describe("Format=XML", () => {
  it("answers in XML, a list as a repeated element, with what XML can't carry replaced", async () => {
    const { description } = await emulate([apiGroup("g1", { "a<b": '&"\u0007', "": "]]>" })]);
    const answer = await rpc(description, { ...LIST, Format: "XML" });
    expect(answer.contentType).toBe("text/xml;charset=utf-8");
    expect(answer.text.replace(/<RequestId>[0-9A-F-]{36}<\/RequestId>/, "<RequestId/>")).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><ListTagResourcesResponse><RequestId/><NextToken>-1</NextToken>' +
        "<TagResources><TagResource><ResourceId>g1</ResourceId><ResourceType>apiGroup</ResourceType>" +
        "<TagKey>a&lt;b</TagKey><TagValue>&amp;&quot;\ufffd</TagValue></TagResource>" +
        "<TagResource><ResourceId>g1</ResourceId><ResourceType>apiGroup</ResourceType>" +
        "<TagKey></TagKey><TagValue>]]&gt;</TagValue></TagResource></TagResources></ListTagResourcesResponse>",
    );
  });

  it.each([
    ["JSON", /^\{"RequestId":"[0-9A-F-]{36}"\}$/],
    ["XML", /\?><TagResourcesResponse><RequestId>[0-9A-F-]{36}<\/RequestId><\/TagResourcesResponse>$/],
  ])("answers a write with the request's id and nothing else, in %s", async (Format, answer) => {
    const { description } = await emulate([apiGroup("g1")]);
    const write = { Action: "TagResources", ResourceType: "apiGroup", "ResourceId.1": "g1", "Tag.1.Key": "env" };
    const { status, text } = await rpc(description, { ...write, "Tag.1.Value": "' '", Format });
    expect(status).toBe(200);
    expect(text).toMatch(answer);
  });

  it("answers errors in XML", async () => {
    const { description } = await emulate([apiGroup("g1")]);
    const answer = await rpc(description, { Action: "TagResources", ResourceType: "apiGroup", Format: "xml" });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?><Error><RequestId>[0-9A-F-]{36}<\/RequestId>/,
    );
    expect(answer.text).toContain("<Code>MissingParameter.ResourceIds</Code>");
  });
});

describe("the order of checks", () => {
  // Each request has one fault less than the one before it.
  const wrongs: [code: string, parameters: Record<string, string>][] = [
    ["MissingParameter.ResourceType", { "ResourceId.1": "gone", "ResourceId.2": "gone", "Tag.1.Key": "aliyun" }],
    ["MissingParameter.ResourceIds", { ResourceType: "no", "Tag.1.Key": "aliyun" }],
    ["InvalidParameter.ResourceType", { ResourceType: "no", "ResourceId.1": "gone", "Tag.1.Key": "aliyun" }],
    [
      "Duplicate.ResourceId",
      { ResourceType: "apiGroup", "ResourceId.1": "gone", "ResourceId.2": "gone", "Tag.1.Key": "aliyun" },
    ],
    ["NoPermission.SystemTag", { ResourceType: "apiGroup", "ResourceId.1": "gone", "Tag.1.Key": "aliyun" }],
    [
      "InvalidResourceId.NotFound",
      {
        ResourceType: "apiGroup",
        "ResourceId.1": "gone",
        "ResourceId.2": "full",
        "Tag.1.Key": "a",
        "Tag.1.Value": "b",
      },
    ],
    [
      "QuotaExceed.TagsPerResource",
      { ResourceType: "apiGroup", "ResourceId.1": "full", "Tag.1.Key": "a", "Tag.1.Value": "b" },
    ],
  ];

  it.each(wrongs)("answers %s to the worst of several faults", async (Code, parameters) => {
    const { description } = await emulate([apiGroup("full", manyTags(20))]);
    const answer = await rpc(description, { Action: "TagResources", ...parameters });
    expect(answer.json()).toMatchObject({ Code });
  });
});
