import { describe, expect, test } from "vitest";
import { pages } from "../../../lib/app/cloud/pages.ts";
import type { HuaweiAccountConfig } from "../../../lib/core/config/config.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { huaweiProvider } from "../../../lib/providers/huawei/provider.ts";
import { deps, huaweiAccount } from "../accounts.ts";
import { recordingServer, type Answer } from "../recording-server.ts";

const account = huaweiAccount.account;
const tags = new Map([["owner", "a"]]);
const user = { type: "huawei:iam:user", account, region: "global", resourceIds: ["user-1"], tags };

const providerAt = (origin: string, changes: Partial<HuaweiAccountConfig> = {}) =>
  huaweiProvider({ ...huaweiAccount, endpoints: { "*": origin }, ...changes }, deps);

async function errorFor(answer: Answer): Promise<ProviderError> {
  await using server = await recordingServer(answer);
  const result: unknown = await providerAt(server.origin)
    .tagResources(user)
    .catch((error: unknown) => error);
  if (result instanceof ProviderError) return result;
  throw new Error("the call should have failed");
}

const refusal = (status: number, error_code: string, error_msg?: string): Answer => ({
  status,
  headers: { "x-request-id": "R1" },
  body: JSON.stringify({ error_code, error_msg }),
});

describe("refusals of Huawei Cloud", () => {
  test("the encoded message is not passed on", async () => {
    const inner = { code: "PAP5.0001", message: "access denied", encoded_authorization_message: "c2VjcmV0" };
    const error = await errorFor({ status: 403, body: JSON.stringify({ error: inner }) });
    expect(error).toMatchObject({ code: "PAP5.0001", kind: "access" });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("c2VjcmV0");
  });

  test("a write is not done where something answers that is not Huawei Cloud, though it says 200", async () => {
    const error = await errorFor({ body: JSON.stringify({ status: "please log in" }) });
    expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", ambiguous: true });
  });

  test.each([200, 204])("nor where it says %i and nothing else, without the id of a request", async (status) => {
    const error = await errorFor({ status, body: "" });
    expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", ambiguous: true });
    await using server = await recordingServer({ status, headers: { "x-request-id": "R1" }, body: "" });
    expect(await providerAt(server.origin).tagResources(user)).toMatchObject({
      requestId: "R1",
      succeeded: ["user-1"],
    });
  });

  test("HTML instead of JSON is UnexpectedResponse", async () => {
    const error = await errorFor({ status: 502, body: "<html>" });
    expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", ambiguous: true });
  });

  test("a message that quotes the request gives away neither signature nor token", async () => {
    const securityToken = "t/o+k=e n";
    await using server = await recordingServer(() => {
      const quoted = `verify failed: ${server.requests[0]?.headers.authorization} ${encodeURIComponent(securityToken)}`;
      return refusal(401, "APIGW.0301", quoted);
    });
    const credentials = { accessKey: "key-1", secretKey: "secret-1", securityToken };
    const error: unknown = await providerAt(server.origin, { credentials })
      .tagResources(user)
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("verify failed: SDK-HMAC-SHA256 Access=***, SignedHeaders=");
    expect(String(error)).toMatch(/Signature=\*\*\* \*\*\*$/);
  });

  test("a value that is no text is an error, for a blank one could be written over", async () => {
    await using server = await recordingServer({ body: '{"tags":[{"tag_key":"k","tag_value":5}]}' });
    const query = { type: user.type, region: user.region, ids: ["user-1"] };
    const listing = providerAt(server.origin).listTagResources(query, undefined);
    await expect(listing).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });

  test("a resource that is refused is named, a throttled call names none", async () => {
    expect((await errorFor(refusal(404, "PAP5.0099", "gone"))).resourceId).toBe("user-1");
    expect((await errorFor(refusal(429, "APIGW.0308", "slow"))).resourceId).toBeUndefined();
  });
});

describe("requests to Huawei Cloud", () => {
  test("a token stands in place of a signature", async () => {
    await using server = await recordingServer({ headers: { "x-request-id": "R1" }, body: '{"tags":[]}' });
    await providerAt(server.origin, { credentials: { token: "token-1" } }).tagResources(user);
    expect(server.requests[0]?.headers).toMatchObject({ "x-auth-token": "token-1" });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("a security token is sent and signed", async () => {
    await using server = await recordingServer({ headers: { "x-request-id": "R1" }, body: '{"tags":[]}' });
    const credentials = { accessKey: "a", secretKey: "b", securityToken: "token-1" };
    await providerAt(server.origin, { credentials }).tagResources(user);
    expect(server.requests[0]?.headers["x-security-token"]).toBe("token-1");
    expect(server.requests[0]?.headers.authorization).toContain("x-security-token");
  });

  test("a region without a project is refused before anything is sent", async () => {
    await using server = await recordingServer({});
    const gateway = { type: "huawei:apig:instance", account, region: "cn-north-9", resourceIds: ["i-1"], tags };
    await expect(providerAt(server.origin).tagResources(gateway)).rejects.toMatchObject({
      code: "MissingProject",
      kind: "access",
    });
    const inherited = { ...gateway, region: "constructor" };
    await expect(providerAt(server.origin).tagResources(inherited)).rejects.toMatchObject({ code: "MissingProject" });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["is a step in a path", ".."],
    ["is a step nowhere", "."],
    ["leads to another path", "../agencies?x"],
    ["is a step that is written otherwise", "%2e%2e"],
    ["has a character that no id has", "u_1"],
    ["is too long", "u".repeat(65)],
  ])("an id that %s (%s) is rejected by name, and nothing is sent", async (_, id) => {
    await using server = await recordingServer({ headers: { "x-request-id": "R1" }, body: '{"tags":[]}' });
    const provider = providerAt(server.origin, { projects: { "cn-north-4": "p1" } });
    const gateway = { type: "huawei:apig:instance", account, region: "cn-north-4", resourceIds: [id], tags };
    const rejection = { code: "IllegalResourceId", kind: "resource-permanent", resourceId: id };
    await expect(provider.tagResources({ ...user, resourceIds: [id] })).rejects.toMatchObject(rejection);
    await expect(provider.tagResources(gateway)).rejects.toMatchObject(rejection);
    const query = { type: user.type, region: user.region, ids: [id] };
    await expect(provider.listTagResources(query, undefined)).rejects.toMatchObject(rejection);
    expect(server.requests).toEqual([]);
  });
});

describe("inventories of Huawei Cloud", () => {
  async function inventory(type: string, region: string, answers: readonly object[]) {
    await using server = await recordingServer(() => ({
      body: JSON.stringify(answers[Math.min(server.requests.length, answers.length) - 1]),
    }));
    const provider = providerAt(server.origin);
    const resources = [];
    for await (const page of pages((token) => provider.listInventory(region, type, token))) {
      resources.push(...page.resources);
    }
    return { resources, queries: server.requests.map(({ query }) => Object.fromEntries(query)) };
  }

  test("users are listed by marker, past an empty page", async () => {
    const { resources, queries } = await inventory("huawei:iam:user", "global", [
      { users: [{ user_id: "u1" }], page_info: { next_marker: "m1" } },
      { users: [], page_info: { next_marker: "m2" } },
      { users: [{ user_id: "u2" }], page_info: { next_marker: null } },
    ]);
    expect(resources.map(({ id }) => id)).toEqual(["u1", "u2"]);
    expect(queries).toEqual([{ limit: "200" }, { limit: "200", marker: "m1" }, { limit: "200", marker: "m2" }]);
  });

  test("a marker that repeats is an error", async () => {
    const again = { users: [], page_info: { next_marker: "m1" } };
    await expect(inventory("huawei:iam:user", "global", [again])).rejects.toMatchObject({ code: "RepeatedToken" });
  });

  test("a legacy agency is listed as one that can't be tagged", async () => {
    const agencies = [
      { agency_id: "trust", trust_policy: "{}" },
      { agency_id: "legacy", trust_domain_id: "d9" },
    ];
    const { resources } = await inventory("huawei:iam:agency", "global", [{ agencies, page_info: {} }]);
    expect(resources[0]).toEqual({ type: "huawei:iam:agency", id: "trust" });
    expect(resources[1]).toMatchObject({ id: "legacy", notTaggable: expect.stringContaining("legacy") as string });
  });

  test("a page of gateways says how many there are in all", async () => {
    await using server = await recordingServer({ body: JSON.stringify({ total: 7, size: 0, instances: [] }) });
    const { total } = await providerAt(server.origin).listInventory("cn-north-4", "huawei:apig:instance", undefined);
    expect(total).toBe(7);
  });

  test("gateways are listed by offset up to the total, past an empty page", async () => {
    const { resources, queries } = await inventory("huawei:apig:instance", "cn-north-4", [
      { total: 1001, size: 1, instances: [{ id: "i1" }] },
      { total: 1001, size: 0, instances: [] },
      { total: 1001, size: 1, instances: [{ id: "i2" }] },
    ]);
    expect(resources.map(({ id }) => id)).toEqual(["i1", "i2"]);
    expect(queries.map(({ offset }) => offset)).toEqual(["0", "500", "1000"]);
  });
});
