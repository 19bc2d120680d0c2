import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { huaweiProvider } from "../../../lib/providers/huawei/provider.ts";
import { canonicalQuery } from "../../../lib/providers/canonical-query.ts";
import { authorization } from "../../../lib/providers/huawei/sign.ts";
import { deps, huaweiAccount } from "../accounts.ts";
import { recordingServer, type RecordedRequest } from "../recording-server.ts";

// The package's main entry throws: only deep imports work, and they are CommonJS.
const require = createRequire(import.meta.url);
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder") as {
  ClientBuilder: new (create: (client: HcClient) => HcClient) => Builder;
};
const { BasicCredentials, GlobalCredentials } = require("@huaweicloud/huaweicloud-sdk-core") as {
  BasicCredentials: new () => Credentials;
  GlobalCredentials: new () => Credentials;
};
const { IamClient } = require("@huaweicloud/huaweicloud-sdk-iam/v5/IamClient") as {
  IamClient: { newBuilder(): Builder };
};

interface Credentials {
  withAk(ak: string): Credentials;
  withSk(sk: string): Credentials;
  withDomainId(id: string): Credentials;
  withProjectId(id: string): Credentials;
}
interface HcClient {
  sendRequest(options: object): Promise<unknown>;
}
type Call = (request: object) => Promise<unknown>;
interface Builder {
  withCredential(credentials: Credentials): Builder;
  withEndpoint(endpoint: string): Builder;
  build(): HcClient & {
    readonly tagResourceV5: Call;
    deleteResourceTagsV5: Call;
    listResourceTagsV5: Call;
    listUsersV5: Call;
  };
}

const accessKey = "key-of-huawei";
const secretKey = "secret-of-huawei";
const where = { account: huaweiAccount.account };
const tags = new Map([
  ["owner", "team a"],
  ["部门", "π:=+-@/"],
]);

/** Their own names, dates and transport, and what Node adds. */
const VARYING = ["authorization", "x-sdk-date", "user-agent", "accept-encoding", "connection", "content-length"];

function comparable({ method, path, query, headers, body }: RecordedRequest) {
  const kept = Object.entries(headers).filter(([name]) => !VARYING.includes(name));
  const parsed: unknown = body === "" ? undefined : JSON.parse(body);
  return { method, path, query: Object.fromEntries(query), headers: Object.fromEntries(kept), body: parsed };
}

/** The signature that our signer gives to what arrived, over the headers that it says it signed. */
function resigned({ method, path, query, headers, body }: RecordedRequest): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signedHeaders = Object.fromEntries(signed.map((name) => [name, String(headers[name])]));
  return authorization(
    { method, path, query: canonicalQuery(Object.fromEntries(query)), headers: signedHeaders, body },
    { accessKey, secretKey },
  );
}

async function expectSameRequest(
  answer: string,
  bySdk: (origin: string) => Promise<unknown>,
  byUs: (provider: ReturnType<typeof huaweiProvider>) => Promise<unknown>,
) {
  await using server = await recordingServer({ headers: { "x-request-id": "R1" }, body: answer });
  await bySdk(server.origin);
  await byUs(huaweiProvider({ ...huaweiAccount, endpoints: { "*": server.origin } }, deps));
  const [theirs, ours] = server.requests;
  if (theirs === undefined || ours === undefined) throw new Error("both clients must have called");
  expect(comparable(ours)).toEqual(comparable(theirs));
  expect(theirs.headers.authorization).toBe(resigned(theirs));
  expect(ours.headers.authorization).toBe(resigned(ours));
}

const iam = (origin: string) =>
  IamClient.newBuilder()
    .withCredential(new GlobalCredentials().withAk(accessKey).withSk(secretKey).withDomainId(where.account))
    .withEndpoint(origin)
    .build();

test("TagResourceV5 is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"tags":[]}',
    (origin) =>
      iam(origin).tagResourceV5({
        resource_id: "user-1",
        resource_type: "user",
        body: { tags: Array.from(tags, ([key, value]) => ({ tag_key: key, tag_value: value })) },
      }),
    (provider) =>
      provider.tagResources({ ...where, type: "huawei:iam:user", region: "global", resourceIds: ["user-1"], tags }),
  );
});

test("UntagResourceV5 is the SDK's DeleteResourceTagsV5, signed as it signs", async () => {
  await expectSameRequest(
    "",
    (origin) =>
      iam(origin).deleteResourceTagsV5({ resource_id: "a-1", resource_type: "agency", body: ["owner", "部门"] }),
    (provider) =>
      provider.untagResources({
        ...where,
        type: "huawei:iam:agency",
        region: "global",
        resourceIds: ["a-1"],
        keys: ["owner", "部门"],
      }),
  );
});

test("ListResourceTagsV5 is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"tags":[]}',
    (origin) => iam(origin).listResourceTagsV5({ resource_id: "user-1", resource_type: "user" }),
    (provider) => provider.listTagResources({ type: "huawei:iam:user", region: "global", ids: ["user-1"] }, undefined),
  );
});

test("ListUsersV5 is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"users":[],"page_info":{"current_count":0}}',
    (origin) => iam(origin).listUsersV5({ limit: 200, marker: "a/b+c=" }),
    (provider) => provider.listInventory("global", "huawei:iam:user", "a/b+c="),
  );
});

test("BatchCreateOrDeleteInstanceTags is the core client's request, signed as it signs", async () => {
  const body = { action: "create", tags: Array.from(tags, ([key, value]) => ({ key, value })) };
  await expectSameRequest(
    "",
    (origin) =>
      new ClientBuilder((client) => client)
        .withCredential(new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId("p0001"))
        .withEndpoint(origin)
        .build()
        .sendRequest({
          method: "POST",
          url: "/v2/{project_id}/apigw/instances/{instance_id}/instance-tags/action",
          contentType: "application/json",
          queryParams: {},
          pathParams: { project_id: "p0001", instance_id: "i-1" },
          headers: {},
          data: body,
        }),
    (provider) =>
      provider.tagResources({
        ...where,
        type: "huawei:apig:instance",
        region: "cn-north-4",
        resourceIds: ["i-1"],
        tags,
      }),
  );
});
