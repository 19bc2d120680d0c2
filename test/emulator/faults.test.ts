import { describe, expect, it } from "vitest";
import { createActiveFaults, parseFaults, type CallFacts } from "../../local/emulator/faults.ts";
import { cloudApi, cloudApiClient } from "./alibaba-clients.ts";
import { apiGroup, emulate, tagsIn, user } from "./emulate.ts";

const { ListTagResourcesRequest, TagResourcesRequest, TagResourcesRequestTag } = cloudApi;

function tagRequest(...resourceId: string[]) {
  const tag = [new TagResourcesRequestTag({ key: "env", value: "prod" })];
  return new TagResourcesRequest({ resourceType: "apiGroup", resourceId, tag });
}

const WRITES = { action: "alibaba:apigateway:TagResources" };

describe("a fault", () => {
  it("throttles as Alibaba Cloud does, as often as it says", async () => {
    const emulator = await emulate([apiGroup("g1")], { faults: [{ match: WRITES, effect: "throttle", times: 2 }] });
    const client = cloudApiClient(emulator.description);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(client.tagResources(tagRequest("g1"))).rejects.toMatchObject({
        name: "ThrottlingError",
        code: "Throttling.User",
        statusCode: 400,
      });
    }
    await client.tagResources(tagRequest("g1"));
    expect(emulator.calls()).toEqual({ "alibaba:apigateway:TagResources": 3 });
  });

  it("answers the code and status that it names, and the resource only with names", async () => {
    const emulator = await emulate([apiGroup("g1"), apiGroup("bad")]);
    const client = cloudApiClient(emulator.description);
    const fault = { match: { resourceId: "b*d" }, effect: "error", code: "Forbidden.Tag", httpStatus: 403 } as const;
    emulator.setFaults([fault]);
    const silent = await client.tagResources(tagRequest("g1", "bad")).catch((error: unknown) => error);
    expect(silent).toMatchObject({ code: "Forbidden.Tag", statusCode: 403 });
    expect(String(silent)).not.toContain("bad");
    emulator.setFaults([{ ...fault, names: true }]);
    await expect(client.tagResources(tagRequest("g1", "bad"))).rejects.toThrow("ResourceId: bad");
    await client.tagResources(tagRequest("g1"));
    expect([tagsIn(emulator, apiGroup("g1")), tagsIn(emulator, apiGroup("bad"))]).toEqual([{ env: "prod" }, {}]);
  });

  it("drops the response after the write took effect", async () => {
    const emulator = await emulate([apiGroup("g1")]);
    emulator.setFaults([{ match: WRITES, effect: "drop-response", times: 1 }]);
    const client = cloudApiClient(emulator.description);
    await expect(client.tagResources(tagRequest("g1"))).rejects.toThrow("socket hang up");
    expect(tagsIn(emulator, apiGroup("g1"))).toEqual({ env: "prod" });
  });

  it("delays the answer", async () => {
    const emulator = await emulate([apiGroup("g1")]);
    emulator.setFaults([{ effect: "delay", delayMs: 120 }]);
    const started = performance.now();
    await cloudApiClient(emulator.description).tagResources(tagRequest("g1"));
    // Timers may fire a little early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(100);
  });

  it("hides a resource from writes and from listings", async () => {
    const emulator = await emulate([apiGroup("g1", { a: "1" }), apiGroup("g2", { a: "1" })]);
    emulator.setFaults([{ match: { resourceId: "g2" }, effect: "not-found" }]);
    const client = cloudApiClient(emulator.description);
    await expect(client.tagResources(tagRequest("g1", "g2"))).rejects.toMatchObject({
      code: "InvalidResourceId.NotFound",
    });
    const request = new ListTagResourcesRequest({ resourceType: "apiGroup", resourceId: ["g1", "g2"] });
    const { body } = await client.listTagResources(request);
    expect(body?.tagResources?.tagResource?.map(({ resourceId }) => resourceId)).toEqual(["g1"]);
  });

  it("hits only what all fields of its match name", async () => {
    const emulator = await emulate([apiGroup("g1"), user("u1")]);
    const elsewhere = [{ account: "9*" }, { region: "us-*" }, { type: "huawei:*" }, { action: "*:UntagResources" }];
    emulator.setFaults(elsewhere.map((match) => ({ match, effect: "error" })));
    await cloudApiClient(emulator.description).tagResources(tagRequest("g1"));
    const { endpoint, token } = emulator.description.huawei;
    const users = await fetch(`${endpoint}/v5/users`, { headers: { "x-auth-token": token } });
    expect(users.status).toBe(500);
  });
});

describe("the list of faults", () => {
  const call: CallFacts = { action: "a:b:C", types: ["a:b:c"], account: "1", region: "r", resourceIds: [] };

  it("lets the first live fault win", () => {
    const faults = createActiveFaults([{ effect: "delay", times: 1 }, { effect: "error" }]);
    expect([1, 2, 3].map(() => faults.hit(call)?.effect)).toEqual(["delay", "error", "error"]);
  });

  it("draws the same hits from the same seed, at about its probability", () => {
    const draw = (seed: number) => {
      const faults = createActiveFaults([{ effect: "error", probability: 0.3, seed }]);
      return Array.from({ length: 1000 }, () => faults.hit(call) !== undefined);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const hits = draw(7).filter(Boolean).length;
    expect(hits).toBeGreaterThan(250);
    expect(hits).toBeLessThan(350);
  });

  it.each([
    ["no list", {}, "faults: expected a list"],
    ["no effect", [{}], 'faults[0]: "effect" is missing'],
    ["an unknown effect", [{ effect: "explode" }], "faults[0].effect must be one of throttle"],
    ["an unknown field", [{ effect: "error", when: "now" }], 'faults[0]: unknown field "when"'],
    ["an unknown match", [{ effect: "error", match: { id: "x" } }], 'faults[0].match: unknown field "id"'],
    ["a probability of 2", [{ effect: "error", probability: 2 }], "faults[0].probability must be a number from 0 to 1"],
    ["a status of 200", [{ effect: "error", httpStatus: 200 }], "faults[0].httpStatus must be a status"],
  ])("refuses %s, saying where", (_, value, message) => {
    expect(() => parseFaults(value)).toThrow(message);
  });
});
