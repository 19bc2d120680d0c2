import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { genericRow } from "../../../lib/providers/alibaba/generic/row.ts";
import { alibabaProvider } from "../../../lib/providers/alibaba/provider.ts";
import { canonicalQuery } from "../../../lib/providers/canonical-query.ts";
import { authorization } from "../../../lib/providers/alibaba/sign.ts";
import { genericCall } from "../../emulator/alibaba-clients.ts";
import { alibabaAccount, deps } from "../accounts.ts";
import { recordingServer, type RecordedRequest } from "../recording-server.ts";

// The official clients are CommonJS; their interop default is the class.
const require = createRequire(import.meta.url);
const cloudApi = require("@alicloud/cloudapi20160714") as typeof import("@alicloud/cloudapi20160714");
const tagSdk = require("@alicloud/tag20180828") as typeof import("@alicloud/tag20180828");
const openApiCore = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");
const teaUtil = require("@alicloud/tea-util") as typeof import("@alicloud/tea-util");

const region = "cn-hangzhou";
const type = "alibaba:apigateway:apiGroup";
const resourceIds = Array.from({ length: 12 }, (_, index) => `group-${index}`);
const tags = new Map([
  ["owner", "team a*~'(!)"],
  ["部门", "R&D/π=+"],
  ["", ""],
]);
const sdkTags = Array.from(tags, ([key, value]) => ({ key, value }));

/** What differs from call to call, and our own name. */
const VARYING = ["x-acs-date", "x-acs-signature-nonce", "authorization", "user-agent"];

function comparable({ method, path, query, headers, body }: RecordedRequest) {
  const kept = Object.entries(headers).filter(([name]) => !VARYING.includes(name));
  return { method, path, query: Object.fromEntries(query), headers: Object.fromEntries(kept), body };
}

/** The signature that our signer gives to what arrived. */
function resigned({ method, path, query, headers }: RecordedRequest): string {
  const text = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const { accessKeyId, accessKeySecret } = alibabaAccount.credentials;
  return authorization(
    { method, path, query: canonicalQuery(Object.fromEntries(query)), headers: text },
    { accessKeyId, accessKeySecret },
  );
}

/** Lets the SDK and our provider make the same call to one server, and compares what arrived. */
async function expectSameRequest(
  body: string,
  bySdk: (config: InstanceType<typeof openApiCore.$OpenApiUtil.Config>) => Promise<unknown>,
  byUs: (provider: ReturnType<typeof alibabaProvider>) => Promise<unknown>,
  temporary: { readonly securityToken?: string } = {},
) {
  await using server = await recordingServer({ body });
  const credentials = { ...alibabaAccount.credentials, ...temporary };
  const config = { ...credentials, endpoint: server.host, protocol: "http" };
  await bySdk(new openApiCore.$OpenApiUtil.Config(config));
  await byUs(alibabaProvider({ ...alibabaAccount, credentials, endpoints: { "*": server.origin } }, deps, genericRow));
  const [theirs, ours] = server.requests;
  if (theirs === undefined || ours === undefined) throw new Error("both clients must have called");
  expect(comparable(ours)).toEqual(comparable(theirs));
  expect(theirs.headers.authorization).toBe(resigned(theirs));
  expect(ours.headers.authorization).toBe(resigned(ours));
}

const cloudApiClient = (config: InstanceType<typeof openApiCore.$OpenApiUtil.Config>) => new cloudApi.default(config);

test("TagResources is the product SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1"}',
    (config) =>
      cloudApiClient(config).tagResources(
        new cloudApi.TagResourcesRequest({ resourceType: "apiGroup", resourceId: resourceIds, tag: sdkTags }),
      ),
    (provider) => provider.tagResources({ type, account: "111122223333", region, resourceIds, tags }),
  );
});

test("a call with a temporary key is the product SDK's, with the security token signed", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","NextToken":"-1","TagResources":{"TagResource":[]}}',
    (config) =>
      cloudApiClient(config).listTagResources(
        new cloudApi.ListTagResourcesRequest({ resourceType: "apiGroup", resourceId: resourceIds }),
      ),
    (provider) => provider.listTagResources({ type, region, ids: resourceIds }, undefined),
    { securityToken: "CAIS+a/token==" },
  );
});

test("UntagResources is the product SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1"}',
    (config) =>
      cloudApiClient(config).untagResources(
        new cloudApi.UntagResourcesRequest({ resourceType: "apiGroup", resourceId: resourceIds, tagKey: ["a", "b"] }),
      ),
    (provider) => provider.untagResources({ type, account: "111122223333", region, resourceIds, keys: ["a", "b"] }),
  );
});

test("ListTagResources is the product SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","NextToken":"-1","TagResources":{"TagResource":[]}}',
    (config) =>
      cloudApiClient(config).listTagResources(
        new cloudApi.ListTagResourcesRequest({
          resourceType: "apiGroup",
          resourceId: resourceIds,
          tag: [{ key: "owner", value: "a" }, { key: "env" }],
          nextToken: "token/1+",
        }),
      ),
    (provider) =>
      provider.listTagResources(
        { type, region, ids: resourceIds, tags: [{ key: "owner", value: "a" }, { key: "env" }] },
        "token/1+",
      ),
  );
});

test("DescribeAppAttributes is the product SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","TotalCount":0,"Apps":{"AppAttribute":[]}}',
    (config) =>
      cloudApiClient(config).describeAppAttributes(
        new cloudApi.DescribeAppAttributesRequest({ pageNumber: 1, pageSize: 100 }),
      ),
    (provider) => provider.listInventory(region, "alibaba:apigateway:app", undefined),
  );
});

test("IPAM's ListTagResources is the generic SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","TagResources":[]}',
    async (config) => {
      const params = new openApiCore.$OpenApiUtil.Params({
        action: "ListTagResources",
        version: "2023-02-28",
        protocol: "HTTP",
        method: "POST",
        authType: "AK",
        style: "RPC",
        pathname: "/",
        reqBodyType: "formData",
        bodyType: "json",
      });
      const query = openApiCore.OpenApiUtil.query({
        RegionId: region,
        ResourceType: "IPAM",
        ResourceId: ["ipam-1", "ipam-2"],
        MaxResults: 50,
        NextToken: "t1",
      });
      const request = new openApiCore.$OpenApiUtil.OpenApiRequest({ query });
      return new openApiCore.default(config).callApi(params, request, new teaUtil.RuntimeOptions({}));
    },
    (provider) => provider.listTagResources({ type: "alibaba:vpcipam:IPAM", region, ids: ["ipam-1", "ipam-2"] }, "t1"),
  );
});

const tagClient = (config: InstanceType<typeof openApiCore.$OpenApiUtil.Config>) =>
  new tagSdk.default(new openApiCore.$OpenApiUtil.Config({ ...config, regionId: region }));
const arns = [
  `arn:acs:ecs:${region}:111122223333:instance/i-1`,
  `arn:acs:oss:${region}:111122223333:bucket/logs`,
  `arn:acs:oos:${region}:111122223333:parameter/a/b:c 中`,
];
const anyType = "alibaba:*:*";

test("the Tag service's TagResources is its SDK's request, with types mixed, signed as it signs", async () => {
  const given = new Map([
    ["owner", "team-a"],
    ["cost-center", "R&D"],
    ["部门", 'a"b\\c'],
  ]);
  await expectSameRequest(
    '{"RequestId":"R1","FailedResources":{"FailedResource":[]}}',
    (config) =>
      tagClient(config).tagResources(
        new tagSdk.TagResourcesRequest({
          regionId: region,
          resourceARN: arns,
          tags: JSON.stringify(Object.fromEntries(given)),
        }),
      ),
    (provider) =>
      provider.tagResources({ type: anyType, account: "111122223333", region, resourceIds: arns, tags: given }),
  );
});

test("the Tag service's UntagResources is its SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1"}',
    (config) =>
      tagClient(config).untagResources(
        new tagSdk.UntagResourcesRequest({ regionId: region, resourceARN: arns, tagKey: ["owner", "cost-center"] }),
      ),
    (provider) =>
      provider.untagResources({
        type: anyType,
        account: "111122223333",
        region,
        resourceIds: arns,
        keys: ["owner", "cost-center"],
      }),
  );
});

test("the Tag service's ListTagResources is its SDK's request, with a temporary key as well", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","NextToken":"","TagResources":[]}',
    (config) =>
      tagClient(config).listTagResources(
        new tagSdk.ListTagResourcesRequest({
          regionId: region,
          resourceARN: arns,
          tags: '{"owner":"team-a"}',
          category: "Custom",
          pageSize: 1000,
          nextToken: "token/1+",
        }),
      ),
    (provider) =>
      provider.listTagResources(
        { type: anyType, region, ids: arns, tags: [{ key: "owner", value: "team-a" }] },
        "token/1+",
      ),
    { securityToken: "CAIS+a/token==" },
  );
});

test("ListSupportResourceTypes is its SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","NextToken":"","SupportResourceTypes":[]}',
    (config) =>
      tagClient(config).listSupportResourceTypes(
        new tagSdk.ListSupportResourceTypesRequest({
          regionId: region,
          supportCode: "TAG_CONSOLE_SUPPORT",
          maxResult: 1000,
          nextToken: "t1",
        }),
      ),
    async (provider) => provider.listTypes?.(region, "t1"),
  );
});

const resourceCenter =
  (action: string, query: Record<string, unknown>) => (config: InstanceType<typeof openApiCore.$OpenApiUtil.Config>) =>
    genericCall(config, { version: "2022-12-01", action }, query);

test("Resource Center's SearchResources is the generic SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","Resources":[]}',
    resourceCenter("SearchResources", {
      Filter: [{ Key: "RegionId", MatchType: "Equals", Value: [region, "global"] }],
      MaxResults: 500,
      NextToken: "eyJzZWFyY2hBZnRlcnMiOlsiMTAwMTU2Nzk4MTU1OSJd",
    }),
    (provider) => provider.listInventory("all", anyType, "eyJzZWFyY2hBZnRlcnMiOlsiMTAwMTU2Nzk4MTU1OSJd"),
  );
});

test("Resource Center's GetResourceCounts is the generic SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"RequestId":"R1","ResourceCounts":[]}',
    resourceCenter("GetResourceCounts", {
      GroupByKey: "ResourceType",
      Filter: [{ Key: "RegionId", MatchType: "Equals", Value: [region, "global"] }],
    }),
    async (provider) => provider.countInventory?.("all", anyType, "type"),
  );
});
