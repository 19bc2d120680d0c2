import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pages } from "../../../../lib/app/cloud/pages.ts";
import type { TagPage, TagProvider } from "../../../../lib/app/ports/provider.ts";
import type { Config } from "../../../../lib/core/config/config.ts";
import { ProviderError } from "../../../../lib/core/errors.ts";
import type { ResourceRef } from "../../../../lib/core/resource.ts";
import { nameOf } from "../../../../lib/providers/huawei/generic/naming.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../../local/emulator/start.ts";
import { deps, huaweiAccount } from "../../accounts.ts";
import { recordingServer, type Answer } from "../../recording-server.ts";

const account = "d0001";
const region = "cn-north-4";
const type = "huawei:*:*";
const place = { type, account, region };
const server: ResourceRef = { type: "huawei:ecs:cloudservers", account, region, id: "s-1" };
const bucket: ResourceRef = { type: "huawei:obs:buckets", account, region, id: "logs" };
const topic: ResourceRef = { type: "huawei:smn:topic", account, region, id: "logs" };
const vpc: ResourceRef = { type: "huawei:vpc:vpcs", account, region, id: "v-1" };
const domain: ResourceRef = { type: "huawei:cdn:domains", account, region: "global", id: "example.com" };
const tags = new Map([["owner", "a"]]);

let emulator: Emulator;
let provider: TagProvider;

async function start(options: EmulatorOptions = {}) {
  emulator = await startEmulator({ resources: [server, bucket, topic, vpc, domain], ...options });
  const { accounts } = emulator.config() as Config;
  const own = accounts.find((one) => one.provider === "huawei");
  if (own === undefined) throw new Error("the emulator serves no account of Huawei Cloud");
  provider = createProvider({ ...own, types: ["huawei:*"] }, deps);
}

beforeEach(() => start());
afterEach(() => emulator.close());

/** What was thrown, as far as callers look at it. */
async function refusalOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderError)) throw new Error("a ProviderError was expected");
  const { code, kind, resourceId } = error;
  return { code, kind, resourceId };
}

async function listed(query: Parameters<TagProvider["listTagResources"]>[0]) {
  const rows: TagPage["rows"][number][] = [];
  for await (const page of pages((token) => provider.listTagResources(query, token))) rows.push(...page.rows);
  return rows;
}

const tag = (refs: readonly ResourceRef[], more: Partial<ResourceRef> = {}) =>
  provider.tagResources({ ...place, ...more, resourceIds: refs.map(nameOf), tags });
const read = (ref: ResourceRef) => listed({ type, region: ref.region, project: ref.project, ids: [nameOf(ref)] });
const tagsOf = (ref: ResourceRef) => emulator.world.get(ref)?.tags ?? {};

describe("one call", () => {
  test("tags resources of several types, two of which share an id, and each is read back by the name it was given", async () => {
    const names = [server, bucket, topic].map(nameOf);
    const result = await tag([server, bucket, topic]);
    expect(result).toMatchObject({ succeeded: names, failed: new Map() });
    for (const ref of [server, bucket, topic]) {
      expect(tagsOf(ref)).toEqual({ owner: "a" });
      expect(await read(ref)).toEqual([{ id: nameOf(ref), type: ref.type, tags }]);
    }
    expect(emulator.calls()).toEqual({ "huawei:tms:CreateResourceTag": 1, "huawei:tms:ShowResourceTag": 3 });
  });

  test("takes tags off one of two that share an id", async () => {
    await tag([bucket, topic]);
    await provider.untagResources({ ...place, resourceIds: [nameOf(bucket)], keys: ["owner"] });
    expect([bucket, topic].map(tagsOf)).toEqual([{}, { owner: "a" }]);
  });

  test("tags and reads what has no region, and so no project", async () => {
    await tag([domain], { region: "global" });
    expect(tagsOf(domain)).toEqual({ owner: "a" });
    expect(await read(domain)).toEqual([{ id: nameOf(domain), type: domain.type, tags }]);
    expect(await listed({ type: domain.type, region: "global" })).toEqual(await read(domain));
  });

  test("lists all of one type that carry tags, and no others", async () => {
    await tag([server, bucket]);
    expect(await listed({ type: bucket.type, region })).toEqual([{ id: nameOf(bucket), type: bucket.type, tags }]);
    expect(await listed({ type: topic.type, region })).toEqual([]);
  });

  test("lists 200 of a type a page", async () => {
    const some = Array.from({ length: 401 }, (_, n) => ({ ...server, id: `s-${n + 1}`, tags: { owner: "a" } }));
    for (const one of some) emulator.world.create(one);
    expect((await listed({ type: server.type, region })).map(({ id }) => id)).toEqual(some.map(nameOf));
    expect(emulator.calls()).toEqual({ "huawei:tms:ListResource": 3 });
  });
});

test("a service that tags later is told apart from those that have done it", async () => {
  const cluster = { ...server, type: "huawei:mrs:mrs", id: "c-1" };
  emulator.world.create(cluster);
  const { succeeded, pending } = await tag([server, cluster]);
  expect([succeeded, pending]).toEqual([[server, cluster].map(nameOf), new Set([nameOf(cluster)])]);
  expect((await tag([server])).pending).toBeUndefined();
  expect(await read(cluster)).toMatchObject([{ tags: new Map() }]);
});

describe("projects", () => {
  const elsewhere = { ...server, id: "s-2", project: "p0002" };
  beforeEach(async () => {
    await emulator.close();
    await start({ resources: [server, elsewhere] });
  });

  test("have a call of their own, and one that doesn't know a resource says that it isn't there", async () => {
    const { failed } = await tag([server, elsewhere], { project: "p0002" });
    expect(failed.get(nameOf(server))).toMatchObject({ code: "TMS.0005", kind: "not-found" });
    expect([server, elsewhere].map(tagsOf)).toEqual([{}, { owner: "a" }]);
    expect(await read(elsewhere)).toMatchObject([{ tags }]);
  });

  test("are listed one after the other, or one of them where it is named", async () => {
    emulator.world.create({ ...server, tags: { owner: "a" } });
    emulator.world.create({ ...elsewhere, tags: { owner: "a" } });
    const ids = async (project?: string) => (await listed({ type: server.type, region, project })).map(({ id }) => id);
    expect(await ids()).toEqual([server, elsewhere].map(nameOf));
    expect(await ids("p0002")).toEqual([nameOf(elsewhere)]);
  });

  test("that the configuration doesn't have are not asked", async () => {
    expect(await refusalOf(tag([server], { project: "p0009" }))).toMatchObject({ code: "MissingProject" });
    expect(await refusalOf(listed({ type: server.type, region, project: "p0009" }))).toMatchObject({
      code: "MissingProject",
    });
    expect(emulator.calls()).toEqual({});
  });
});

describe("a failure of one resource of a call", () => {
  const gone = { ...server, id: "s-gone" };

  test("is that resource's, and the others are tagged", async () => {
    const { succeeded, failed } = await tag([server, gone, bucket]);
    expect(succeeded).toEqual([server, bucket].map(nameOf));
    expect([...failed.keys()]).toEqual([nameOf(gone)]);
    expect(failed.get(nameOf(gone))).toMatchObject({ code: "TMS.0005", kind: "not-found", resourceId: nameOf(gone) });
  });

  test("is told by its type where two share an id", async () => {
    emulator.world.remove(topic);
    const { succeeded, failed } = await tag([bucket, topic]);
    expect([succeeded, [...failed.keys()]]).toEqual([[nameOf(bucket)], [nameOf(topic)]]);
  });

  test("is that of a resource whose service has a code of its own, of which nobody knows what it means", async () => {
    emulator.setFaults([{ match: { resourceId: server.id }, effect: "error", code: "Ecs.0999", httpStatus: 400 }]);
    const { failed } = await tag([server, bucket]);
    expect(failed.get(nameOf(server))).toMatchObject({ code: "Ecs.0999", kind: "unknown" });
    expect(tagsOf(bucket)).toEqual({ owner: "a" });
  });

  test("is a service that didn't answer in time, so that a read tells", async () => {
    emulator.setFaults([{ match: { resourceId: server.id }, effect: "error", code: "TMS.0018" }]);
    expect((await tag([server, bucket])).failed.get(nameOf(server))).toMatchObject({
      kind: "transient",
      ambiguous: true,
    });
  });

  test("is not final where TMS has a part of its type: a zone that is no public one may be private", async () => {
    const zone = { type: "huawei:dns:zones", account, region: "global", id: "z-1" };
    await provider.listTypes?.(region, undefined);
    const { failed } = await tag([zone], { region: "global" });
    expect(failed.get(nameOf(zone))).toMatchObject({ code: "TMS.0005", kind: "unknown", resourceId: nameOf(zone) });
    expect(await refusalOf(read(zone))).toEqual({ code: "TMS.0005", kind: "unknown", resourceId: nameOf(zone) });
    emulator.world.create(zone);
    expect((await tag([zone], { region: "global" })).succeeded).toEqual([nameOf(zone)]);
  });

  test("is told by a read of it, by its name", async () => {
    expect(await refusalOf(read(gone))).toEqual({ code: "TMS.0005", kind: "not-found", resourceId: nameOf(gone) });
  });
});

describe("a type that TMS doesn't have", () => {
  const older = { ...vpc, type: "huawei:ims:images", id: "i-1" };

  test.each([
    ["refuses the whole call, of which nobody knows for which resource", "call"],
    ["fails by itself, where TMS takes the others", "entry"],
  ] as const)("%s", async (_, unknownTypeFails) => {
    await emulator.close();
    await start({ resources: [server, older], tms: { unknownTypeFails } });
    await using front = await renamed();
    const call = front.tagResources({ ...place, resourceIds: [server, older].map(nameOf), tags });
    if (unknownTypeFails === "call") {
      expect(await refusalOf(call)).toEqual({ code: "TMS.5027", kind: "unknown", resourceId: undefined });
      expect(tagsOf(server)).toEqual({});
    } else {
      expect((await call).failed.get(nameOf(older))).toMatchObject({ code: "TMS.5027", kind: "not-taggable" });
      expect(tagsOf(server)).toEqual({ owner: "a" });
    }
    const alone = front.tagResources({ ...place, resourceIds: [nameOf(older)], tags });
    if (unknownTypeFails === "call") expect(await refusalOf(alone)).toMatchObject({ kind: "not-taggable" });
    else expect((await alone).failed.get(nameOf(older))).toMatchObject({ kind: "not-taggable" });
  });

  /** A provider that has been told of a name of images which the emulated TMS doesn't have. */
  async function renamed() {
    const answer = { providers: [{ provider: "ims", resource_types: [{ resource_type: "images" }] }], total_count: 1 };
    const list = await recordingServer({ headers: { "x-request-id": "R" }, body: JSON.stringify(answer) });
    const { accounts } = emulator.config() as Config;
    const own = accounts.find((one) => one.provider === "huawei");
    if (own === undefined) throw new Error("the emulator serves no account of Huawei Cloud");
    const endpoints = { ...own.endpoints };
    const one = createProvider({ ...own, types: ["huawei:*"], endpoints }, deps);
    const from = Object.values(endpoints)[0] ?? "";
    for (const name of Object.keys(endpoints)) endpoints[name] = list.origin;
    await one.listTypes?.(region, undefined);
    for (const name of Object.keys(endpoints)) endpoints[name] = from;
    return { ...one, [Symbol.asyncDispose]: () => list[Symbol.asyncDispose]() };
  }

  test("is not sent where nobody knows its name, and the others are tagged", async () => {
    const odd = { ...server, type: "huawei:nobody:knows", id: "n-1" };
    const { succeeded, failed } = await tag([server, odd]);
    expect(succeeded).toEqual([nameOf(server)]);
    expect(failed.get(nameOf(odd))).toMatchObject({ code: "UnknownTypeName", kind: "not-taggable" });
    expect(await refusalOf(read(odd))).toMatchObject({ code: "UnknownTypeName", resourceId: nameOf(odd) });
    expect(await refusalOf(listed({ type: odd.type, region }))).toMatchObject({ code: "UnknownTypeName" });
    expect(emulator.calls()).toEqual({ "huawei:tms:CreateResourceTag": 1 });
  });
});

describe("a type of which pages have several names", () => {
  test("waits for TMS' own list, and is not guessed", async () => {
    const { succeeded, failed } = await tag([server, vpc]);
    expect(succeeded).toEqual([nameOf(server)]);
    expect(failed.get(nameOf(vpc))).toMatchObject({ code: "TypeNamesUnread", kind: "unknown" });
    expect(await refusalOf(read(vpc))).toMatchObject({ code: "TypeNamesUnread" });
    expect(await refusalOf(listed({ type: vpc.type, region }))).toMatchObject({ code: "TypeNamesUnread" });
  });

  test.each([false, true])("goes by the one that the list has: older names %s", async (olderNames) => {
    await emulator.close();
    await start({ tms: { olderNames } });
    const { types } = (await provider.listTypes?.(region, undefined)) ?? { types: [] };
    expect(types).toEqual(expect.arrayContaining([server.type, vpc.type, domain.type]));
    expect(new Set(types).size).toBe(types.length);
    await tag([server, vpc]);
    expect([server, vpc].map(tagsOf)).toEqual([{ owner: "a" }, { owner: "a" }]);
    expect(await listed({ type: vpc.type, region })).toEqual([{ id: nameOf(vpc), type: vpc.type, tags }]);
  });
});

describe("is not sent, and names the resource:", () => {
  test.each([
    ["a name of another region", nameOf({ ...server, region: "cn-south-1" })],
    ["a name of what has no region, among those that have", nameOf(domain)],
    ["a bare id", "s-1"],
    ["a step in a path", nameOf({ ...server, id: ".." })],
  ])("%s", async (_, name) => {
    const refusal = { code: "IllegalResourceId", kind: "resource-permanent", resourceId: name };
    const written = provider.tagResources({ ...place, resourceIds: [name], tags });
    const told = await written.then(
      ({ failed }) => failed.get(name),
      (error: unknown) => error,
    );
    expect(told).toMatchObject(refusal);
    expect(await refusalOf(listed({ type, region, ids: [name] }))).toEqual(refusal);
    expect(emulator.calls()).toEqual({});
  });

  test.each([
    ["an eleventh tag", new Map(Array.from({ length: 11 }, (_, n) => [`key${n}`, "a"])), "LimitExceeded"],
    ["a value of 44 characters", new Map([["owner", "x".repeat(44)]]), "InvalidTag"],
    ["a value with a slash", new Map([["owner", "role/deployer"]]), "InvalidTag"],
    ["a key of 37 characters", new Map([["k".repeat(37), "a"]]), "InvalidTag"],
  ])("%s", async (_, many, code) => {
    const call = provider.tagResources({ ...place, resourceIds: [nameOf(server)], tags: many });
    expect(await refusalOf(call)).toMatchObject({ code });
    expect(emulator.calls()).toEqual({});
  });
});

describe("an error body, nested and flat,", () => {
  test.each([
    [
      "403 TMS.0006",
      403,
      '{"error":{"error_code":"TMS.0006","error_msg":"The request is Too much, try again later."}}',
    ],
    ["403 TMS.0006, flat", 403, '{"error_code":"TMS.0006","error_msg":"The request is Too much, try again later."}'],
    ["429 APIGW.0308", 429, '{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}'],
    ["429 APIGW.0308, nested", 429, '{"error":{"error_code":"APIGW.0308","error_msg":"too many"}}'],
  ])("says that there was one call too many: %s", async (_, status, body) => {
    const own = await answered({ status, body });
    const names = [server, bucket].map(nameOf);
    expect(await refusalOf(own.tagResources({ ...place, resourceIds: names, tags }))).toMatchObject({
      kind: "throttled",
      resourceId: undefined,
    });
  });
});

test("a missing right may be that of one service among several, and is ours where one resource is asked for", async () => {
  const own = await answered({
    status: 403,
    body: '{"error":{"error_code":"TMS.2030","error_msg":"required permission is ecs:servers:get"}}',
  });
  const call = (refs: readonly ResourceRef[]) => own.tagResources({ ...place, resourceIds: refs.map(nameOf), tags });
  expect(await refusalOf(call([server, bucket]))).toMatchObject({ code: "TMS.2030", kind: "unknown" });
  expect(await refusalOf(call([server]))).toMatchObject({ code: "TMS.2030", kind: "access" });
});

let front: Awaited<ReturnType<typeof recordingServer>> | undefined;
afterEach(async () => {
  await front?.[Symbol.asyncDispose]();
  front = undefined;
});

/** A provider whose calls all have this answer. */
async function answered(answer: Answer): Promise<TagProvider> {
  front = await recordingServer({ headers: { "x-request-id": "R" }, ...answer });
  return createProvider({ ...huaweiAccount, types: ["huawei:*"], endpoints: { "*": front.origin } }, deps);
}

describe("an answer to a write", () => {
  const entry = (id: string, resource_type: string, error_code = "TMS.0005") => ({
    resource_id: id,
    resource_type,
    error_code,
    error_msg: "said",
  });

  async function written(body: unknown, headers: Record<string, string> = {}) {
    front = await recordingServer({ body: JSON.stringify(body), headers });
    const own = createProvider({ ...huaweiAccount, types: ["huawei:*"], endpoints: { "*": front.origin } }, deps);
    return own.tagResources({ ...place, resourceIds: [server, bucket].map(nameOf), tags });
  }

  test("that says that another resource failed leaves all untold that no entry names, and none of them written", async () => {
    const { succeeded, failed } = await written({ failed_resources: [entry("d-1", "disk"), entry("logs", "bucket")] });
    expect(succeeded).toEqual([]);
    expect(failed.get(nameOf(bucket))).toMatchObject({ kind: "not-found", ambiguous: false });
    expect(failed.get(nameOf(server))).toMatchObject({ code: "UnmatchedFailure", retryable: true, ambiguous: true });
  });

  test("that holds an entry which is none does so, too", async () => {
    const { succeeded, failed } = await written({ failed_resources: ["s-1"] });
    expect(succeeded).toEqual([]);
    expect([...failed.values()].map(({ code }) => code)).toEqual(["UnmatchedFailure", "UnmatchedFailure"]);
  });

  test("that lists no failures is a success, without a request id as well", async () => {
    expect((await written({ failed_resources: [] })).succeeded).toEqual([server, bucket].map(nameOf));
  });

  test("that has no list of failures is none of TMS', though the write may have taken effect", async () => {
    await expect(written({ done: true }, { "x-request-id": "R" })).rejects.toMatchObject({
      code: "UnexpectedResponse",
      ambiguous: true,
    });
  });
});

test("a listing that could not list its type is an error, and not an empty page", async () => {
  const errors = [{ error_code: "TMS.0018", error_msg: "Query Time Out.", resource_type: "ecs", project_id: "p0001" }];
  const own = await answered({ body: JSON.stringify({ resources: [], errors, total_count: 0 }) });
  const call = own.listTagResources({ type: server.type, region }, undefined);
  expect(await refusalOf(call)).toMatchObject({ code: "TMS.0018", kind: "transient" });
});
