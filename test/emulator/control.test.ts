import { describe, expect, it } from "vitest";
import type { Emulator } from "../../local/emulator/start.ts";
import { apiGroup, emulate, tagsIn } from "./emulate.ts";
import { rpc } from "./raw-rpc.ts";

async function control(emulator: Emulator, method: string, path: string, body?: unknown, accept = "*/*") {
  const response = await fetch(emulator.description.control + path, {
    method,
    headers: { accept },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) as unknown };
}

describe("the control endpoint", () => {
  it("makes tokens that the emulated STS takes, and says what one may ask for", async () => {
    const emulator = await emulate([]);
    const made = await control(emulator, "POST", "/tokens", { subject: "job", seconds: 60 });
    const { token } = made.json() as { token: string };
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, number>;
    expect(claims).toMatchObject({ aud: "sts.aliyuncs.com", sub: "job", exp: (claims["iat"] ?? 0) + 60 });
    const wrong = await control(emulator, "POST", "/tokens", { audience: 1 });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("takes audience and subject")]);
  });

  it("lists resources as a JSON array, or as NDJSON where that is asked for", async () => {
    const emulator = await emulate([apiGroup("g1", { __proto__x: "1" }), apiGroup("g2")]);
    expect((await control(emulator, "GET", "/resources")).json()).toEqual([
      apiGroup("g1", { __proto__x: "1" }),
      apiGroup("g2"),
    ]);
    const lines = await control(emulator, "GET", "/resources", undefined, "application/x-ndjson");
    expect(
      lines.text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(2);
  });

  it("creates one, many, or NDJSON, in regions and accounts that it didn't know", async () => {
    const emulator = await emulate([]);
    await control(emulator, "POST", "/resources", apiGroup("g1"));
    await control(emulator, "POST", "/resources", [
      { ...apiGroup("g2"), region: "ap-southeast-1", account: "555566667777" },
    ]);
    await control(
      emulator,
      "POST",
      "/resources",
      `${JSON.stringify(apiGroup("g3"))}\n${JSON.stringify(apiGroup("g4"))}\n`,
    );
    expect((await control(emulator, "GET", "/resources")).json()).toHaveLength(4);
    const { endpoints, accounts } = emulator.description.alibaba;
    expect(Object.keys(endpoints)).toEqual(["cn-hangzhou", "ap-southeast-1"]);
    expect(Object.keys(accounts)).toContain("555566667777");
  });

  it("keeps a tag key called __proto__ an ordinary key", async () => {
    const emulator = await emulate([]);
    const text = JSON.stringify(apiGroup("g1")).replace("{}", '{"__proto__":"x","constructor":"y"}');
    await control(emulator, "POST", "/resources", text);
    expect((await control(emulator, "GET", "/resources")).text).toContain('{"__proto__":"x","constructor":"y"}');
  });

  it("removes what matches all fields", async () => {
    const emulator = await emulate([apiGroup("g1"), apiGroup("g2"), { ...apiGroup("g1"), region: "cn-beijing" }]);
    const removed = await control(emulator, "DELETE", "/resources?id=g1&region=cn-hangzhou");
    expect(removed.json()).toEqual({ removed: 1 });
    expect([...emulator.world.all()].map(({ id, region }) => `${id} ${region}`)).toEqual([
      "g2 cn-hangzhou",
      "g1 cn-beijing",
    ]);
    expect((await control(emulator, "DELETE", "/resources")).status).toBe(400);
  });

  it("counts calls, refused ones too, and resets to what there was, without faults", async () => {
    const emulator = await emulate([apiGroup("g1")], { faults: [{ effect: "throttle" }] });
    const tag = {
      Action: "TagResources",
      ResourceType: "apiGroup",
      "ResourceId.1": "g1",
      "Tag.1.Key": "a",
      "Tag.1.Value": "b",
    };
    expect((await rpc(emulator.description, tag)).json()).toMatchObject({ Code: "Throttling.User" });
    await control(emulator, "PUT", "/faults", []);
    await rpc(emulator.description, tag);
    await control(emulator, "POST", "/resources", apiGroup("g2"));
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ a: "b" });
    expect((await control(emulator, "GET", "/calls")).json()).toEqual({ "alibaba:apigateway:TagResources": 2 });
    await control(emulator, "PUT", "/faults", [{ effect: "error" }]);
    expect((await control(emulator, "POST", "/reset")).status).toBe(200);
    expect([...emulator.world.all()]).toEqual([apiGroup("g1")]);
    expect((await control(emulator, "GET", "/calls")).json()).toEqual({});
    expect((await rpc(emulator.description, tag)).status).toBe(200);
  });

  it.each([
    ["POST", "/resources", "{", "the body is not JSON"],
    ["POST", "/resources", [{ ...apiGroup("g1"), type: "alibaba:mns:topic" }], "doesn't serve type"],
    ["POST", "/resources", { ...apiGroup("lb"), type: "alibaba:slb:loadbalancer" }, "write alibaba:slb:instance"],
    [
      "POST",
      "/resources",
      { ...apiGroup("g"), type: "alibaba:apigateway:apigroup" },
      "write alibaba:apigateway:apiGroup",
    ],
    ["POST", "/resources", { ...apiGroup("i"), type: "alibaba:ecs:instance:x" }, "doesn't serve type"],
    ["POST", "/resources", [{ type: "alibaba:apigateway:apiGroup" }], 'resources[0]: "account" must be text'],
    ["POST", "/resources", { ...apiGroup("g1"), tags: { a: 1 } }, 'the value of tag "a" must be text'],
    ["POST", "/resources", { ...apiGroup("g1"), visibleAfterMs: "soon" }, '"visibleAfterMs" must be a number'],
    ["PUT", "/faults", [{ effect: "explode" }], "faults[0].effect"],
    ["DELETE", "/resources?name=g1", undefined, "takes type, account, region and id"],
  ])("answers 400 and says why: %s %s %j", async (method, path, body, message) => {
    const emulator = await emulate([]);
    const answer = await control(emulator, method, path, body);
    expect([answer.status, answer.json()]).toMatchObject([400, { error: expect.stringContaining(message) as string }]);
    expect([...emulator.world.all()]).toEqual([]);
  });

  it("answers 404 with what there is elsewhere", async () => {
    const emulator = await emulate([]);
    const answer = await control(emulator, "GET", "/nothing");
    expect([answer.status, answer.text]).toMatchObject([404, expect.stringContaining("GET /calls") as string]);
  });
});
