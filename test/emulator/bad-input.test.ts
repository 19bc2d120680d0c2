import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Emulator } from "../../local/emulator/start.ts";
import { apiGroup, emulate, gateway, instance, user } from "./emulate.ts";
import { rpc } from "./raw-rpc.ts";

const everything = () => emulate([apiGroup("g1"), user("u1"), gateway("gw1"), instance("i-1", { a: "1" })]);

function awsHeaders(emulator: Emulator): Record<string, string> {
  const { accessKeyId } = emulator.description.aws;
  return {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "ResourceGroupsTaggingAPI_20170126.GetResources",
    "x-amz-date": "20260101T000000Z",
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x, SignedHeaders=host;x-amz-date, Signature=00`,
  };
}

/** Still answers a perfect request. */
async function expectAlive(emulator: Emulator): Promise<void> {
  const query = { Action: "ListTagResources", ResourceType: "apiGroup", "ResourceId.1": "g1" };
  expect((await rpc(emulator.description, query)).status).toBe(200);
}

describe("bad input to Alibaba Cloud", () => {
  it.each([
    ["no action", {}, 400, "MissingAction"],
    ["an unknown action", { Action: "DeleteEverything" }, 404, "InvalidAction.NotFound"],
    ["an action that objects inherit", { Action: "constructor" }, 404, "InvalidAction.NotFound"],
    ["an unknown version", { Action: "TagResources", Version: "1999-01-01" }, 404, "InvalidVersion"],
    [
      "indices that are no numbers",
      { Action: "TagResources", "ResourceId.x": "g1" },
      400,
      "MissingParameter.ResourceType",
    ],
    [
      "an index of 0, since N counts from 1",
      { Action: "TagResources", ResourceType: "apiGroup", "ResourceId.0": "g1", "Tag.1.Key": "a", "Tag.1.Value": "b" },
      400,
      "MissingParameter.ResourceIds",
    ],
    [
      "a tag of index 0",
      { Action: "TagResources", ResourceType: "apiGroup", "ResourceId.1": "g1", "Tag.0.Key": "a", "Tag.0.Value": "b" },
      400,
      "MissingParameter.Tags",
    ],
    [
      "a filter of index 0",
      { Action: "ListTagResources", ResourceType: "apiGroup", "Tag.0.Key": "a" },
      400,
      "MissingParameter.TagOrResourceId",
    ],
  ])("gets the documented error: %s", async (_, parameters, status, Code) => {
    const emulator = await everything();
    const answer = await rpc(emulator.description, parameters);
    expect([answer.status, answer.json()]).toMatchObject([status, { Code }]);
  });

  it.each([
    ["an HTML body", "/", { method: "POST", headers: { "content-type": "text/html" }, body: "<html>" }, 400],
    ["a malformed query", "/?%E0%A4%A&&==&Action=%ff", { method: "GET" }, 400],
    ["another path", "/v5/users?Action=TagResources&Version=2016-07-14", { method: "GET" }, 404],
    [
      "a V3 header that isn't one",
      "/?Action=TagResources&Version=2016-07-14",
      { headers: { authorization: "Basic x" } },
      400,
    ],
  ])("gets an error in the cloud's own form: %s", async (_, path, init: RequestInit, status) => {
    const emulator = await everything();
    const response = await fetch(emulator.description.alibaba.endpoint + path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ Code: expect.any(String) as string });
    await expectAlive(emulator);
  });
});

describe("bad input to Huawei Cloud", () => {
  it.each([
    ["no such path", "GET", "/v9/whatever", 404, "APIGW.0101"],
    ["a path that can't be decoded", "GET", "/v5/%E0%A4%A/x/tags", 404, "APIGW.0101"],
    ["a method that isn't served", "PATCH", "/v5/users", 404, "APIGW.0101"],
    ["no credentials", "GET", "/v5/users", 401, "APIGW.0301"],
    ["no credentials for APIG", "GET", "/v2/p/apigw/instances", 401, "APIC.7100"],
  ])("gets the documented error: %s", async (_, method, path, status, error_code) => {
    const emulator = await everything();
    const response = await fetch(emulator.description.huawei.endpoint + path, { method });
    expect([response.status, await response.json()]).toMatchObject([status, { error_code }]);
  });

  it.each(["<html>", "[1]", '"text"', '{"tags":{}}', '{"tags":[null]}', '{"tags":[{"tag_key":1,"tag_value":"x"}]}'])(
    "gets 400 for the body %s",
    async (body) => {
      const emulator = await everything();
      const { endpoint, token } = emulator.description.huawei;
      const init = { method: "POST", headers: { "x-auth-token": token }, body };
      const response = await fetch(`${endpoint}/v5/user/u1/tags/create`, init);
      expect([response.status, await response.json()]).toMatchObject([400, { error_code: "PAP5.0009" }]);
    },
  );

  it("gets 400 for an id with characters that ids don't have", async () => {
    const emulator = await everything();
    const { endpoint, token } = emulator.description.huawei;
    const response = await fetch(`${endpoint}/v5/user/u_1%2F..%2Fu1/tags`, { headers: { "x-auth-token": token } });
    expect(response.status).toBe(400);
  });
});

describe("bad input to AWS", () => {
  it.each([
    ["no target", { "x-amz-target": "" }, "UnknownOperationException"],
    ["an unknown operation", { "x-amz-target": "ResourceGroupsTaggingAPI_20170126.Nope" }, "UnknownOperationException"],
    ["another content type", { "content-type": "text/html" }, "UnknownOperationException"],
    ["an incomplete signature", { authorization: "AWS4-HMAC-SHA256 x" }, "IncompleteSignatureException"],
    ["an old date", {}, "InvalidSignatureException"],
  ])("gets a typed error: %s", async (_, headers, __type) => {
    const emulator = await everything();
    const init = { method: "POST", headers: { ...awsHeaders(emulator), ...headers }, body: "{}" };
    const response = await fetch(emulator.description.aws.endpoint, init);
    expect([response.status, await response.json()]).toMatchObject([400, { __type }]);
  });
});

describe("any endpoint", () => {
  it.each([
    ["alibaba", { Code: "RequestEntityTooLarge" }],
    ["huawei", { error_code: "APIGW.0201" }],
    ["aws", { __type: "RequestEntityTooLargeException" }],
  ] as const)("refuses a body over 1 MB at %s with 413 and lives on", async (provider, error) => {
    const emulator = await everything();
    const init = { method: "POST", body: Buffer.alloc(1024 * 1024 + 1) };
    const response = await fetch(emulator.description[provider].endpoint, init);
    expect([response.status, await response.json()]).toMatchObject([413, error]);
    await expectAlive(emulator);
  });

  it("survives bytes that are no HTTP and callers that hang up in mid-request", async () => {
    const emulator = await everything();
    const port = Number(new URL(emulator.description.alibaba.endpoint).port);
    for (const bytes of [
      "\u0000\u0001 garbage\r\n\r\n",
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nhalf",
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
        socket.on("error", () => resolve()).on("close", () => resolve());
        socket.resume();
      });
    }
    await expectAlive(emulator);
  });

  it("listens on loopback only", async () => {
    const { description } = await everything();
    const urls = [
      description.alibaba.endpoint,
      description.huawei.endpoint,
      description.aws.endpoint,
      description.control,
    ];
    expect(urls.map((url) => new URL(url).hostname)).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  });
});
