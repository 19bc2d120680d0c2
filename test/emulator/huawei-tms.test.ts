import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { emulate, gateway, HUAWEI_ACCOUNT, ids, manyTags, tagsIn, user } from "./emulate.ts";
import { apigCaller, type Answer } from "./huawei-clients.ts";

type Tags = Readonly<Record<string, string>>;

const resource = (
  type: string,
  id: string,
  tags: Tags = {},
  more: Partial<EmulatedResource> = {},
): EmulatedResource => ({
  type: `huawei:${type}`,
  account: HUAWEI_ACCOUNT,
  region: "cn-north-4",
  id,
  tags,
  ...more,
});
const disk = (id: string, tags: Tags = {}, more: Partial<EmulatedResource> = {}) =>
  resource("evs:volumes", id, tags, more);
const server = (id: string, tags: Tags = {}) => resource("ecs:cloudservers", id, tags);
const zone = (id: string, tags: Tags = {}) => resource("dns:zones", id, tags, { region: "global" });
const cluster = (id: string, tags: Tags = {}) => resource("mrs:mrs", id, tags);

const pairs = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
const named = (resource_type: string, ...names: readonly string[]) =>
  names.map((resource_id) => ({ resource_id, resource_type }));
const A = pairs({ a: "b" });

/** Calls with a token, since the official core client doesn't read errors of the shape that TMS' pages have. */
async function callWithToken(url: string, token: string, data?: object): Promise<Answer> {
  const headers = { "x-auth-token": token, "content-type": "application/json" };
  const answer = await fetch(url, {
    headers,
    ...(data !== undefined && { method: "POST", body: JSON.stringify(data) }),
  });
  const body = (await answer.json()) as Answer;
  if (answer.ok) return { httpStatusCode: answer.status, ...body };
  const { error_code: errorCode } = (body["error"] ?? body) as Answer;
  throw Object.assign(new Error(), { httpStatusCode: answer.status, errorCode });
}

async function tms(resources: readonly EmulatedResource[], options: Omit<EmulatorOptions, "resources"> = {}) {
  const emulator = await emulate(resources, options);
  const { endpoint, token, projectId } = emulator.description.huawei;
  const post = (path: string) => (data: object) => callWithToken(endpoint + path, token, data);
  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    callWithToken(`${endpoint}${path}?${new URLSearchParams(query)}`, token);
  return {
    emulator,
    projectId,
    create: post("/v1.0/resource-tags/batch-create"),
    remove: post("/v1.0/resource-tags/batch-delete"),
    filter: post("/v1.0/resource-instances/filter"),
    get,
    show: (resource_type: string, id: string, project_id: string = projectId) =>
      get(`/v2.0/resources/${id}/tags`, { resource_type, ...(project_id !== "" && { project_id }) }),
  };
}

const failed = (answer: Answer) =>
  (answer["failed_resources"] as { resource_id: string; error_code: string }[]).map(
    ({ resource_id, error_code }) => `${resource_id} ${error_code}`,
  );

describe("writes", () => {
  it("tag resources of several types at once, overwriting equal keys, and take tags off", async () => {
    const { emulator, projectId: project_id, create, remove } = await tms([disk("x", { a: "1", c: "d" }), server("x")]);
    const resources = [...named("disk", "x"), ...named("ecs", "x")];
    expect(failed(await create({ project_id, resources, tags: A }))).toEqual([]);
    expect([tagsIn(emulator, disk("x")), tagsIn(emulator, server("x"))]).toEqual([{ a: "b", c: "d" }, { a: "b" }]);
    expect(failed(await remove({ project_id, resources, tags: [{ key: "a" }, { key: "absent" }] }))).toEqual([]);
    expect([tagsIn(emulator, disk("x")), tagsIn(emulator, server("x"))]).toEqual([{ c: "d" }, {}]);
  });

  it("tag global types without a project", async () => {
    const { emulator, create, show } = await tms([zone("z1")]);
    expect(failed(await create({ resources: named("DNS_public_zone", "z1"), tags: A }))).toEqual([]);
    expect(tagsIn(emulator, zone("z1"))).toEqual({ a: "b" });
    expect(await show("DNS_public_zone", "z1", "")).toMatchObject({ tags: A });
  });

  it("answer 200 and name those that failed, and tag the others", async () => {
    const { emulator, projectId: project_id, create } = await tms([disk("d1"), disk("full", manyTags(10))]);
    const answer = await create({ project_id, resources: named("disk", "d1", "gone", "full"), tags: A });
    expect(answer).toMatchObject({ httpStatusCode: 200 });
    expect(failed(answer)).toEqual(["gone TMS.0005", "full TMS.1001"]);
    expect(tagsIn(emulator, disk("d1"))).toEqual({ a: "b" });
    expect(tagsIn(emulator, disk("full"))).toEqual(manyTags(10));
  });

  it("write what an API of its own reads too", async () => {
    const { emulator, projectId: project_id, create } = await tms([gateway("g1")]);
    await create({ project_id, resources: named("apig", "g1"), tags: A });
    const url = `/v2/${project_id}/apigw/instances/g1/instance-tags`;
    expect(await apigCaller(emulator.description)({ method: "GET", url })).toMatchObject({ tags: A });
  });

  it("take 50 resources with 10 tags each, keys of 36 characters and values of 43 or none", async () => {
    const disks = ids("d", 50);
    const { emulator, projectId: project_id, create } = await tms(disks.map((id) => disk(id)));
    const longest: Tags = { ["k".repeat(36)]: "v".repeat(43), "部门-_9": "研发.-_9", empty: "", ...manyTags(7) };
    expect(failed(await create({ project_id, resources: named("disk", ...disks), tags: pairs(longest) }))).toEqual([]);
    expect(tagsIn(emulator, disk("d49"))).toEqual(longest);
  });

  it.each([
    ["51 resources", { resources: named("disk", ...ids("d", 51)) }, "TMS.0002"],
    ["no resources", { resources: [] }, "TMS.0002"],
    ["a resource without a type", { resources: [{ resource_id: "d1" }] }, "TMS.0002"],
    ["no tags", { tags: [] }, "TMS.0012"],
    ["11 tags", { tags: pairs(manyTags(11)) }, "TMS.0002"],
    ["the same key twice", { tags: [...A, ...A] }, "TMS.0002"],
    ["an empty key", { tags: pairs({ "": "v" }) }, "TMS.0009"],
    ["a key of 37 characters", { tags: pairs({ ["k".repeat(37)]: "v" }) }, "TMS.0009"],
    ["a key with a colon", { tags: pairs({ "a:b": "v" }) }, "TMS.0009"],
    ["a key with a full stop", { tags: pairs({ "a.b": "v" }) }, "TMS.0009"],
    ["a key with a letter that is neither Latin nor Han", { tags: pairs({ ä: "v" }) }, "TMS.0009"],
    ["a key that starts with _sys_", { tags: pairs({ _sys_a: "v" }) }, "TMS.0009"],
    ["a value of 44 characters", { tags: pairs({ a: "v".repeat(44) }) }, "TMS.0010"],
    ["a value with a slash", { tags: pairs({ a: "role/x" }) }, "TMS.0010"],
    ["a value with a space", { tags: pairs({ a: "b c" }) }, "TMS.0010"],
    ["a value with an at sign", { tags: pairs({ a: "b@c" }) }, "TMS.0010"],
    ["a tag without a value", { tags: [{ key: "a" }] }, "TMS.0010"],
    ["a type that it doesn't know", { resources: [...named("disk", "d1"), ...named("toaster", "t")] }, "TMS.5027"],
    ["a type in another case", { resources: named("Disk", "d1") }, "TMS.5027"],
    ["a type that Config knows and TMS doesn't", { resources: named("nodes", "n") }, "TMS.5027"],
    ["a global type with a project", { resources: named("DNS_public_zone", "z1") }, "TMS.5027"],
    ["a regional type beside it", { resources: [...named("disk", "d1"), ...named("cdn", "c")] }, "TMS.5027"],
    ["a regional type without a project", { project_id: undefined }, "TMS.2011"],
    ["another domain's project", { project_id: "0".repeat(32) }, "TMS.2011"],
  ])("refuse %s and change nothing", async (_, wrong, errorCode) => {
    const { emulator, projectId: project_id, create } = await tms([disk("d1"), zone("z1")]);
    const request = { project_id, resources: named("disk", "d1"), tags: A, ...wrong };
    await expect(create(request)).rejects.toMatchObject({ httpStatusCode: 400, errorCode });
    expect([tagsIn(emulator, disk("d1")), tagsIn(emulator, zone("z1"))]).toEqual([{}, {}]);
  });

  it("reach resources of the call's project alone", async () => {
    const [first, second] = ["1".repeat(32), "2".repeat(32)];
    const both = [disk("d1", {}, { project: first }), disk("d2", {}, { project: second })];
    const { emulator, create } = await tms(both);
    expect(failed(await create({ project_id: second, resources: named("disk", "d1", "d2"), tags: A }))).toEqual([
      "d1 TMS.0005",
    ]);
    expect(both.map((one) => tagsIn(emulator, one))).toEqual([{}, { a: "b" }]);
  });

  it("leave the system's tags alone, which stand beside ten of a user", async () => {
    const own = { _sys_by: "the cloud" };
    const { emulator, projectId: project_id, create, remove } = await tms([disk("d1", { ...manyTags(9), ...own })]);
    const resources = named("disk", "d1");
    expect(failed(await create({ project_id, resources, tags: A }))).toEqual([]);
    await expect(remove({ project_id, resources, tags: pairs(own) })).rejects.toMatchObject({ errorCode: "TMS.0009" });
    expect(tagsIn(emulator, disk("d1"))).toEqual({ ...manyTags(9), ...own, a: "b" });
  });

  it("of a type that is tagged asynchronously are answered at once and seen later", async () => {
    const clock = { now: Date.now() };
    const options = { now: () => clock.now, tms: { slowMs: 5000 } };
    const { projectId: project_id, create, show } = await tms([cluster("c1")], options);
    expect(failed(await create({ project_id, resources: named("clusters", "c1"), tags: A }))).toEqual([]);
    clock.now += 4999;
    expect(await show("clusters", "c1")).toMatchObject({ tags: [] });
    clock.now += 1;
    expect(await show("clusters", "c1")).toMatchObject({ tags: A });
  });

  it("that wait keep their order, and are nothing to a resource that has gone", async () => {
    const clock = { now: Date.now() };
    const options = { now: () => clock.now };
    const { emulator, projectId: project_id, create, remove } = await tms([cluster("c1"), cluster("c2")], options);
    const resources = named("clusters", "c1", "c2");
    await create({ project_id, resources, tags: pairs({ a: "1", b: "2" }) });
    clock.now += 1000;
    await remove({ project_id, resources, tags: [{ key: "a" }] });
    emulator.world.remove(cluster("c2"));
    clock.now += 10_000;
    expect([tagsIn(emulator, cluster("c1")), tagsIn(emulator, cluster("c2"))]).toEqual([{ b: "2" }, undefined]);
  });

  it("that wait are done again where the past is", async () => {
    const now = () => 1_800_000_000_000;
    const past: Parameters<NonNullable<EmulatorOptions["record"]>>[0][] = [];
    const { projectId: project_id, create } = await tms([cluster("c1")], { now, record: (entry) => past.push(entry) });
    await create({ project_id, resources: named("clusters", "c1"), tags: A });
    const changes = past.flatMap((entry) => (entry.did === "write" ? [entry] : []));
    const later = await tms([cluster("c1")], { now: () => now() + 10_000, past: changes });
    expect(tagsIn(later.emulator, cluster("c1"))).toEqual({ a: "b" });
  });
});

describe("what the pages leave open", () => {
  it("an unknown type fails its own entry where that is asked for", async () => {
    const { emulator, projectId: project_id, create } = await tms([disk("d1")], { tms: { unknownTypeFails: "entry" } });
    const resources = [...named("toaster", "t"), ...named("disk", "d1")];
    expect(failed(await create({ project_id, resources, tags: A }))).toEqual(["t TMS.5027"]);
    expect(tagsIn(emulator, disk("d1"))).toEqual({ a: "b" });
  });

  it("a call of several types is refused where they don't mix", async () => {
    const { projectId: project_id, create } = await tms([disk("d1"), server("s1")], { tms: { mixesTypes: false } });
    const resources = [...named("ecs", "s1"), ...named("disk", "d1")];
    await expect(create({ project_id, resources, tags: A })).rejects.toMatchObject({ errorCode: "TMS.0002" });
    expect(failed(await create({ project_id, resources: named("disk", "d1"), tags: A }))).toEqual([]);
  });

  it("a call takes, and a resource carries, as much as is said", async () => {
    const options = { tms: { resourcesPerCall: 20, tagsPerResource: 20 } };
    const { projectId: project_id, create } = await tms([disk("d0", manyTags(19))], options);
    expect(failed(await create({ project_id, resources: named("disk", "d0"), tags: A }))).toEqual([]);
    const resources = named("disk", ...ids("d", 21));
    await expect(create({ project_id, resources, tags: A })).rejects.toMatchObject({ errorCode: "TMS.0002" });
  });
});

describe("reads", () => {
  it.each([
    ["a resource that isn't there", ["disk", "gone", undefined], 404, "TMS.0005"],
    ["another type's id", ["ecs", "d1", undefined], 404, "TMS.0005"],
    ["an unknown type", ["toaster", "d1", undefined], 400, "TMS.5027"],
    ["no project", ["disk", "d1", ""], 400, "TMS.2011"],
  ] as const)("of one resource refuse %s", async (_, [type, id, project], httpStatusCode, errorCode) => {
    const { show } = await tms([disk("d1")]);
    await expect(show(type, id, project)).rejects.toMatchObject({ httpStatusCode, errorCode });
  });

  it("find what carries tags of a type and a project, 200 a page, and what has none", async () => {
    const tagged = ids("t", 250).map((id) => disk(id, { a: "b" }));
    const { projectId: project_id, filter } = await tms([...tagged, disk("bare"), server("s1", { a: "b" })]);
    const all = { project_id, resource_types: ["disk"], tags: [] };
    const pages = [await filter(all), await filter({ ...all, offset: 200, limit: 200 })];
    const found = pages.flatMap((page) =>
      (page["resources"] as { resource_id: string }[]).map((one) => one.resource_id),
    );
    expect(found).toEqual(ids("t", 250));
    expect(pages.map((page) => page["total_count"])).toEqual([250, 250]);
    expect(await filter({ ...all, without_any_tag: true })).toMatchObject({
      resources: [{ resource_id: "bare", resource_type: "disk", tags: [] }],
      total_count: 1,
    });
  });

  it("look for all of several keys, with one of the values of each", async () => {
    const { projectId: project_id, filter } = await tms([
      disk("d1", { env: "dev", team: "x" }),
      disk("d2", { env: "prod", team: "y" }),
      disk("d3", { env: "prod" }),
    ]);
    const tags = [
      { key: "env", values: ["prod", "test"] },
      { key: "team", values: [] },
    ];
    expect(await filter({ project_id, resource_types: ["disk"], tags })).toMatchObject({
      resources: [{ resource_id: "d2" }],
      total_count: 1,
    });
  });

  it.each([
    ["no tags", { tags: undefined }, "TMS.0012"],
    ["11 keys", { tags: ids("k", 11).map((key) => ({ key, values: [] })) }, "TMS.0002"],
    ["11 values", { tags: [{ key: "a", values: ids("v", 11) }] }, "TMS.0016"],
    ["pages of 201", { limit: 201 }, "TMS.0007"],
    ["pages of none", { limit: 0 }, "TMS.0007"],
    ["a place before the first", { offset: -1 }, "TMS.0017"],
    ["no types", { resource_types: [] }, "TMS.0002"],
    ["an unknown type", { resource_types: ["toaster"] }, "TMS.5027"],
    ["another project", { project_id: "0".repeat(32) }, "TMS.2011"],
  ])("refuse to look for %s", async (_, wrong, errorCode) => {
    const { projectId: project_id, filter } = await tms([disk("d1")]);
    const request = { project_id, resource_types: ["disk"], tags: [], ...wrong };
    await expect(filter(request)).rejects.toMatchObject({ httpStatusCode: 400, errorCode });
  });

  it("name an unknown type among others in an error of its own where that is asked for", async () => {
    const { projectId: project_id, filter } = await tms([disk("d1", { a: "b" })], {
      tms: { unknownTypeFails: "entry" },
    });
    expect(await filter({ project_id, resource_types: ["toaster", "disk"], tags: [] })).toMatchObject({
      resources: [{ resource_id: "d1" }],
      errors: [{ error_code: "TMS.5027", resource_type: "toaster", project_id }],
    });
  });

  it("name services ten a page, and all of their types", async () => {
    const { get } = await tms([]);
    const first = await get("/v1.0/tms/providers");
    expect(first["providers"]).toHaveLength(10);
    const all = (await get("/v1.0/tms/providers", { limit: "200" }))["providers"] as {
      resource_types: { resource_type: string; global: boolean }[];
    }[];
    expect(all).toHaveLength(first["total_count"] as number);
    const types = all.flatMap(({ resource_types }) => resource_types);
    expect(types.filter(({ global }) => global).map(({ resource_type }) => resource_type)).toEqual([
      "DNS_public_zone",
      "cdn",
    ]);
    expect(new Set(types.map(({ resource_type }) => resource_type)).size).toBe(types.length);
  });
});

describe("faults and limits", () => {
  it("a throttle is a 403 with TMS.0006", async () => {
    const { emulator, projectId: project_id, create } = await tms([disk("d1")]);
    emulator.setFaults([{ match: { action: "huawei:tms:CreateResourceTag" }, effect: "throttle", times: 1 }]);
    const request = { project_id, resources: named("disk", "d1"), tags: A };
    await expect(create(request)).rejects.toMatchObject({ httpStatusCode: 403, errorCode: "TMS.0006" });
    expect(failed(await create(request))).toEqual([]);
  });

  it("the documented quota counts for an account, whatever the endpoint", async () => {
    const now = Date.now();
    const { get } = await tms([], { quota: "documented", now: () => now });
    for (const _ of ids("call", 20)) await get("/v1.0/tms/quotas");
    await expect(get("/v1.0/tms/quotas")).rejects.toMatchObject({ httpStatusCode: 403, errorCode: "TMS.0006" });
  });

  it("an error on one resource fails it alone, and one on a type the call", async () => {
    const { emulator, projectId: project_id, create } = await tms([disk("d1"), disk("d2")]);
    const request = { project_id, resources: named("disk", "d1", "d2"), tags: A };
    emulator.setFaults([{ match: { resourceId: "d1" }, effect: "error", code: "EVS.0001" }]);
    expect(failed(await create(request))).toEqual(["d1 EVS.0001"]);
    emulator.setFaults([{ match: { type: "huawei:evs:*" }, effect: "error" }]);
    await expect(create(request)).rejects.toMatchObject({ httpStatusCode: 500, errorCode: "TMS.0001" });
    emulator.setFaults([{ match: { resourceId: "d2" }, effect: "not-found" }]);
    expect(failed(await create(request))).toEqual(["d2 TMS.0005"]);
  });

  it.each([
    [
      "400 is nested",
      { project_id: "x" },
      {},
      400,
      { error: { error_code: "TMS.2011", error_msg: "Project_id is invalid." } },
    ],
    ["401 is nested", {}, { "x-auth-token": "wrong" }, 401, { error: { error_code: "TMS.0003" } }],
    ["403 is flat", {}, { "x-domain-id": "another" }, 403, { error_code: "TMS.0004" }],
  ])("an error of %s", async (_, change, headers, status, body) => {
    const { emulator, projectId: project_id } = await tms([disk("d1")]);
    const { endpoint, token } = emulator.description.huawei;
    const response = await fetch(`${endpoint}/v1.0/resource-tags/batch-create`, {
      method: "POST",
      headers: { "x-auth-token": token, ...headers },
      body: JSON.stringify({ project_id, resources: named("disk", "d1"), tags: A, ...change }),
    });
    expect([response.status, await response.json()]).toMatchObject([status, body]);
  });

  it("a body that is no object is refused", async () => {
    const { emulator } = await tms([]);
    const { endpoint, token } = emulator.description.huawei;
    for (const body of ["{", "[]", "null"]) {
      const response = await fetch(`${endpoint}/v1.0/resource-tags/batch-create`, {
        method: "POST",
        headers: { "x-auth-token": token },
        body,
      });
      expect([response.status, await response.json()]).toMatchObject([400, { error: { error_code: "TMS.0002" } }]);
    }
  });

  it("every endpoint serves all projects", async () => {
    const both = [disk("d1"), disk("d2", {}, { region: "cn-east-3" })];
    const { emulator, create } = await tms(both);
    const { "cn-east-3": project = "" } = emulator.description.huawei.projects;
    expect(failed(await create({ project_id: project, resources: named("disk", "d2"), tags: A }))).toEqual([]);
    expect(both.map((one) => tagsIn(emulator, one))).toEqual([{}, { a: "b" }]);
  });

  it("a user is none of its resources", async () => {
    const { create } = await tms([user("u1")]);
    const request = { resources: named("users", "u1"), tags: A };
    await expect(create(request)).rejects.toMatchObject({ errorCode: "TMS.5027" });
  });
});
