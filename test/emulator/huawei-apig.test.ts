import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { emulate, gateway, ids, manyTags, tagsIn } from "./emulate.ts";
import { apigCaller } from "./huawei-clients.ts";

const INSTANCES = "/v2/{project_id}/apigw/instances";

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

async function apig(resources: readonly EmulatedResource[]) {
  const emulator = await emulate(resources);
  const call = apigCaller(emulator.description);
  const change = (id: string, data: Record<string, unknown>) =>
    call({ method: "POST", url: `${INSTANCES}/${id}/instance-tags/action`, data });
  return { emulator, call, change };
}

describe("@huaweicloud/huaweicloud-sdk-core against the emulator's APIG", () => {
  it("creates, lists and deletes a gateway's tags, answering writes with 204", async () => {
    const { emulator, call, change } = await apig([gateway("gw1", { env: "dev" })]);
    const created = await change("gw1", { action: "create", tags: tagList({ env: "prod", 名字: "甲/b" }) });
    expect(created["httpStatusCode"]).toBe(204);
    const listed = await call({ method: "GET", url: `${INSTANCES}/gw1/instance-tags` });
    expect(listed["tags"]).toEqual(tagList({ env: "prod", 名字: "甲/b" }));
    await change("gw1", { action: "delete", tags: [{ key: "env" }, { key: "absent" }] });
    expect(tagsIn(emulator, gateway("gw1"))).toEqual({ 名字: "甲/b" });
  });

  it.each([
    ["no action", { tags: [] }, 400, "APIG.2001"],
    ["an unknown action", { action: "update", tags: [] }, 400, "APIG.2012"],
    ["no tags", { action: "create" }, 400, "APIG.2001"],
    ["21 tags", { action: "create", tags: tagList(manyTags(21)) }, 400, "APIG.2011"],
    ["a tag without key", { action: "create", tags: [{ value: "a" }] }, 400, "APIG.2011"],
    ["a tag that is none", { action: "create", tags: ["a"] }, 400, "APIG.2011"],
    ["a key that is no text", { action: "create", tags: [{ key: 1 }] }, 400, "APIG.2011"],
    ["a key twice", { action: "create", tags: [{ key: "a" }, { key: "a" }] }, 400, "APIG.2011"],
    ["a key that starts with _sys_", { action: "create", tags: tagList({ _sys_a: "b" }) }, 400, "APIG.2011"],
    ["a key of 129 characters", { action: "create", tags: tagList({ ["k".repeat(129)]: "" }) }, 400, "APIG.2011"],
    ["a value of 256 characters", { action: "create", tags: tagList({ a: "v".repeat(256) }) }, 400, "APIG.2011"],
    ["a 21st tag on the gateway", { action: "create", tags: tagList({ k0: "new", b: "c" }) }, 403, "APIC.7402"],
  ])("refuses %s and changes nothing", async (_, data, httpStatusCode, errorCode) => {
    const { emulator, change } = await apig([gateway("gw1", manyTags(20))]);
    await expect(change("gw1", data)).rejects.toMatchObject({ httpStatusCode, errorCode });
    expect(tagsIn(emulator, gateway("gw1"))).toEqual(manyTags(20));
  });

  it("takes a tag without value as one with an empty value", async () => {
    const { emulator, change } = await apig([gateway("gw1")]);
    await expect(change("gw1", { action: "create", tags: [{ key: "a" }] })).resolves.toMatchObject({
      httpStatusCode: 204,
    });
    expect(tagsIn(emulator, gateway("gw1"))).toEqual({ a: "" });
  });

  it("reserves _sys_ in this spelling alone, and counts 20 tags beside it", async () => {
    const own = { _sys_created_by: "the cloud" };
    const { emulator, change } = await apig([gateway("gw1", { ...manyTags(19), ...own })]);
    await change("gw1", { action: "create", tags: tagList({ _SYS_a: "x" }) });
    expect(tagsIn(emulator, gateway("gw1"))).toEqual({ ...manyTags(19), ...own, _SYS_a: "x" });
    const more = change("gw1", { action: "create", tags: tagList({ b: "x" }) });
    await expect(more).rejects.toMatchObject({ errorCode: "APIC.7402" });
  });

  it.each([
    ["a missing token", {}, { error_code: "APIC.7100", error_msg: "The token is missing." }],
    [
      "a wrong token",
      { "x-auth-token": "wrong" },
      { error_code: "APIC.7102", error_msg: "Incorrect token or token resolution failed" },
    ],
    [
      "a project of somebody else's",
      undefined,
      { error_code: "APIC.7106", error_msg: "No permissions to request for the method" },
    ],
  ])(
    "answers %s with a code and a message as the page prints them, and the request's id in the header",
    async (...row) => {
      const [, headers, body] = row;
      const { emulator } = await apig([gateway("gw1")]);
      const { endpoint, projectId, token } = emulator.description.huawei;
      const project = headers === undefined ? "0".repeat(32) : projectId;
      const response = await fetch(`${endpoint}/v2/${project}/apigw/instances/gw1/instance-tags`, {
        headers: headers ?? { "x-auth-token": token },
      });
      expect(await response.json()).toEqual(body);
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it("takes 20 tags in one call, with keys of 128 letters of any language and values of 255", async () => {
    const { emulator, change } = await apig([gateway("gw1"), gateway("gw2")]);
    await change("gw1", { action: "create", tags: tagList(manyTags(20)) });
    expect(tagsIn(emulator, gateway("gw1"))).toEqual(manyTags(20));
    const longest = { ["键".repeat(128)]: "/".repeat(255), " _.:=+-@ ": " _.:/=+-@" };
    await change("gw2", { action: "create", tags: tagList(longest) });
    expect(tagsIn(emulator, gateway("gw2"))).toEqual(longest);
  });

  it("takes an empty list of tags", async () => {
    const { change } = await apig([gateway("gw1")]);
    await expect(change("gw1", { action: "create", tags: [] })).resolves.toMatchObject({ httpStatusCode: 204 });
  });

  it("answers 404 for a gateway that doesn't exist", async () => {
    const { change } = await apig([gateway("gw1")]);
    const write = change("gone", { action: "create", tags: tagList({ a: "b" }) });
    await expect(write).rejects.toMatchObject({ httpStatusCode: 404, errorCode: "APIG.3030" });
  });

  it("answers 403 APIC.7106 for a project that isn't the key's", async () => {
    const { emulator } = await apig([gateway("gw1")]);
    const call = apigCaller(emulator.description, "0".repeat(32));
    await expect(call({ method: "GET", url: INSTANCES })).rejects.toMatchObject({
      httpStatusCode: 403,
      errorCode: "APIC.7106",
    });
  });

  it("shows each project its own gateways, and answers 404 for those of another", async () => {
    const own = gateway("gw1");
    const { emulator } = await apig([own, { ...gateway("gw2"), project: "p-team" }]);
    const { projectId, projects } = emulator.description.huawei;
    expect(projects).toEqual({ [own.region]: [projectId, "p-team"] });
    expect(emulator.config()).toMatchObject({
      accounts: expect.arrayContaining([expect.objectContaining({ projects })]),
    });
    for (const [project, id, other] of [
      [projectId, "gw1", "gw2"],
      ["p-team", "gw2", "gw1"],
    ] as const) {
      const call = apigCaller(emulator.description, project);
      const listed = await call({ method: "GET", url: INSTANCES });
      expect(listed).toMatchObject({ total: 1, instances: [{ id, project_id: project }] });
      await expect(call({ method: "GET", url: `${INSTANCES}/${id}/instance-tags` })).resolves.toMatchObject({
        tags: [],
      });
      await expect(call({ method: "GET", url: `${INSTANCES}/${other}/instance-tags` })).rejects.toMatchObject({
        httpStatusCode: 404,
        errorCode: "APIG.3030",
      });
    }
    expect(emulator.world.get(gateway("gw2"))).toMatchObject({ project: "p-team" });
    expect(emulator.world.get(own)).not.toHaveProperty("project");
  });

  it("answers 500 APIC.9000 with a code and no message where a fault says so", async () => {
    const { emulator, change } = await apig([gateway("gw1")]);
    emulator.setFaults([{ match: { type: "huawei:apig:*" }, effect: "error" }]);
    const write = change("gw1", { action: "create", tags: tagList({ a: "b" }) });
    await expect(write).rejects.toMatchObject({ httpStatusCode: 500, errorCode: "APIC.9000" });
    const { endpoint, projectId, token } = emulator.description.huawei;
    const url = `${endpoint}/v2/${projectId}/apigw/instances/gw1/instance-tags`;
    const response = await fetch(url, { headers: { "x-auth-token": token } });
    expect(await response.json()).toEqual({ error_code: "APIC.9000" });
  });

  it("answers 401 APIC.7102 to a wrong token and takes the right one", async () => {
    const { emulator } = await apig([gateway("gw1", { a: "1" })]);
    const { endpoint, projectId, token } = emulator.description.huawei;
    const url = `${endpoint}/v2/${projectId}/apigw/instances/gw1/instance-tags`;
    const wrong = await fetch(url, { headers: { "x-auth-token": `${token}x` } });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { error_code: "APIC.7102" }]);
    const right = await fetch(url, { headers: { "x-auth-token": token } });
    expect(await right.json()).toEqual({ tags: [{ key: "a", value: "1" }] });
  });

  it("lists gateways by offset, 20 unless told otherwise and 500 at most", async () => {
    const { call } = await apig(ids("gw", 510).map((id) => gateway(id)));
    const list = (queryParams: Record<string, unknown>) => call({ method: "GET", url: INSTANCES, queryParams });
    await expect(list({})).resolves.toMatchObject({ total: 510, size: 20 });
    await expect(list({ limit: 0, offset: -5 })).resolves.toMatchObject({ size: 20 });
    const first = await list({ limit: 1000 });
    expect(first["size"]).toBe(500);
    const rest = await list({ limit: 500, offset: 500 });
    const rows = [first, rest].flatMap((page) => page["instances"] as { id: string }[]);
    expect(rows.map(({ id }) => id)).toEqual(ids("gw", 510));
    await expect(list({ instance_id: "gw7" })).resolves.toMatchObject({ total: 1, instances: [{ id: "gw7" }] });
  });
});
