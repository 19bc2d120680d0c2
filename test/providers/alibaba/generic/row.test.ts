import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pages } from "../../../../lib/app/cloud/pages.ts";
import type { TagPage, TagProvider } from "../../../../lib/app/ports/provider.ts";
import type { Config } from "../../../../lib/core/config/config.ts";
import { ProviderError } from "../../../../lib/core/errors.ts";
import { arnOf } from "../../../../lib/providers/alibaba/generic/naming.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../../local/emulator/start.ts";
import { alibabaAccount, deps } from "../../accounts.ts";
import { recordingServer, type Answer } from "../../recording-server.ts";

const account = "111122223333";
const region = "cn-hangzhou";
const type = "alibaba:*:*";
const place = { type, account, region };
const instance = { type: "alibaba:ecs:instance", account, region, id: "i-1" };
const bucket = { type: "alibaba:oss:bucket", account, region, id: "logs" };
const project = { type: "alibaba:log:project", account, region, id: "logs" };
const domain = { type: "alibaba:cdn:domain", account, region: "global", id: "example.com" };
const tags = new Map([["owner", "a"]]);

let emulator: Emulator;
let provider: TagProvider;

async function start(options: EmulatorOptions = {}) {
  emulator = await startEmulator({ resources: [instance, bucket, project, domain], ...options });
  const { accounts } = emulator.config() as Config;
  const own = accounts.find((one) => one.provider === "alibaba");
  if (own === undefined) throw new Error("the emulator serves no account of Alibaba Cloud");
  provider = createProvider({ ...own, types: ["alibaba:*"] }, deps);
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

describe("one call", () => {
  test("tags resources of several types, two of which share an id, and reads them back by the names it was given", async () => {
    const names = [instance, bucket, project].map(arnOf);
    const result = await provider.tagResources({ ...place, resourceIds: names, tags });
    expect(result.succeeded).toEqual(names);
    for (const ref of [instance, bucket, project]) expect(emulator.world.get(ref)?.tags).toEqual({ owner: "a" });
    expect(await listed({ type, region, ids: names })).toEqual([
      { id: arnOf(instance), type: instance.type, tags },
      { id: arnOf(bucket), type: bucket.type, tags },
      { id: arnOf(project), type: project.type, tags },
    ]);
    expect(emulator.calls()).toEqual({ "alibaba:tag:TagResources": 1, "alibaba:tag:ListTagResources": 1 });
  });

  test("takes tags off one of two that share an id", async () => {
    await provider.tagResources({ ...place, resourceIds: [bucket, project].map(arnOf), tags });
    await provider.untagResources({ ...place, resourceIds: [arnOf(bucket)], keys: ["owner"] });
    expect(emulator.world.get(bucket)?.tags).toEqual({});
    expect(emulator.world.get(project)?.tags).toEqual({ owner: "a" });
  });

  test("tags and reads what has no region", async () => {
    const names = [arnOf(domain)];
    await provider.tagResources({ ...place, region: "global", resourceIds: names, tags });
    expect(emulator.world.get(domain)?.tags).toEqual({ owner: "a" });
    expect(await listed({ type, region: "global", ids: names })).toEqual([
      { id: arnOf(domain), type: domain.type, tags },
    ]);
  });

  test("lists all of one type that carry tags, and no others", async () => {
    const names = [instance, bucket].map(arnOf);
    await provider.tagResources({ ...place, resourceIds: names, tags });
    expect(await listed({ type: bucket.type, region })).toEqual([{ id: arnOf(bucket), type: bucket.type, tags }]);
  });

  test("finds by a value among all types, and by a key alone within one", async () => {
    const names = [instance, bucket].map(arnOf);
    await provider.tagResources({ ...place, resourceIds: names, tags });
    const found = await listed({ type, region, tags: [{ key: "owner", value: "a" }] });
    expect(found.map(({ id }) => id).sort()).toEqual([...names].sort());
    const ofOne = await listed({ type: bucket.type, region, tags: [{ key: "owner" }] });
    expect(ofOne.map(({ id }) => id)).toEqual([arnOf(bucket)]);
    expect(await listed({ type: bucket.type, region, tags: [{ key: "env" }] })).toEqual([]);
    expect(await refusalOf(listed({ type, region, tags: [{ key: "owner" }] }))).toMatchObject({
      code: "InvalidTagFilter",
      kind: "request",
    });
  });

  test("leaves out the tags of the system", async () => {
    emulator.world.create({ ...instance, tags: { "acs:tag:createdby": "someone", owner: "a" } });
    expect(await listed({ type, region, ids: [arnOf(instance)] })).toEqual([
      { id: arnOf(instance), type: instance.type, tags },
    ]);
  });

  test("reads a thousand resources in two calls of one type", async () => {
    const some = Array.from({ length: 1001 }, (_, n) => ({ ...instance, id: `i-${n + 1}`, tags: { owner: "a" } }));
    for (const one of some) emulator.world.create(one);
    expect((await listed({ type: instance.type, region })).map(({ id }) => id)).toEqual(some.map(arnOf));
    expect(emulator.calls()["alibaba:tag:ListTagResources"]).toBe(2);
  });

  test("names the types that can be tagged, each once, and none that is served here by itself", async () => {
    const found: string[] = [];
    const fetchPage = async (token: string | undefined) => (await provider.listTypes?.(region, token)) ?? { types: [] };
    for await (const { types } of pages(fetchPage)) found.push(...types);
    expect(found).toEqual(expect.arrayContaining([instance.type, bucket.type, domain.type]));
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((one) => one.startsWith("alibaba:vpcipam:"))).toEqual([]);
    expect(found.filter((one) => one.startsWith("alibaba:apigateway:"))).toEqual(["alibaba:apigateway:instance"]);
  });
});

describe("a failure of one resource of a call", () => {
  const gone = { ...instance, id: "i-gone" };

  test("is that resource's, and the others are tagged", async () => {
    const { succeeded, failed } = await provider.tagResources({
      ...place,
      resourceIds: [instance, gone, bucket].map(arnOf),
      tags,
    });
    expect(succeeded).toEqual([instance, bucket].map(arnOf));
    expect([...failed.keys()]).toEqual([arnOf(gone)]);
    expect(failed.get(arnOf(gone))).toMatchObject({ code: "InvalidResourceId.NotFound", kind: "not-found" });
  });

  test("may be that of all of them, with a success for an answer", async () => {
    const { succeeded, failed } = await provider.tagResources({ ...place, resourceIds: [arnOf(gone)], tags });
    expect(succeeded).toEqual([]);
    expect([...failed.keys()]).toEqual([arnOf(gone)]);
  });

  test("is that of a resource whose product has a code of its own, of which nobody knows what it means", async () => {
    emulator.setFaults([
      { match: { resourceId: instance.id }, effect: "error", code: "IncorrectSomething", httpStatus: 400 },
    ]);
    const { failed } = await provider.tagResources({ ...place, resourceIds: [instance, bucket].map(arnOf), tags });
    expect(failed.get(arnOf(instance))).toMatchObject({ code: "IncorrectSomething", kind: "unknown" });
    expect(emulator.world.get(bucket)?.tags).toEqual({ owner: "a" });
  });
});

describe("a type that can't be tagged", () => {
  const queue = arnOf({ ...instance, type: "alibaba:mns:queue", id: "q" });

  test("refuses the whole call, of which nobody knows for which resource", async () => {
    const refused = await refusalOf(provider.tagResources({ ...place, resourceIds: [arnOf(instance), queue], tags }));
    expect(refused).toEqual({ code: "InvalidParameter.ServiceCode", kind: "unknown", resourceId: undefined });
    expect(emulator.world.get(instance)?.tags).toEqual({});
  });

  test("is told by a call of its own", async () => {
    expect(await refusalOf(provider.tagResources({ ...place, resourceIds: [queue], tags }))).toMatchObject({
      code: "InvalidParameter.ServiceCode",
      kind: "not-taggable",
    });
  });

  test("refuses a read for all that are in it, too", async () => {
    expect(await refusalOf(listed({ type, region, ids: [arnOf(instance), queue] }))).toMatchObject({ kind: "unknown" });
    expect(await refusalOf(listed({ type, region, ids: [queue] }))).toMatchObject({ kind: "not-taggable" });
  });
});

describe("is not sent, and names the resource:", () => {
  test.each([
    ["an ARN of another account", arnOf({ ...instance, account: "999988887777" }), "ForeignArn"],
    ["an ARN of another region", arnOf({ ...instance, region: "cn-beijing" }), "ForeignArn"],
    ["a bare id", "i-1", "IllegalResourceId"],
    ["all of a type", "arn:acs:ecs:cn-hangzhou:111122223333:instance/*", "IllegalResourceId"],
  ])("%s", async (_, name, code) => {
    const refusal = { code, kind: "resource-permanent", resourceId: name };
    expect(await refusalOf(provider.tagResources({ ...place, resourceIds: [name], tags }))).toEqual(refusal);
    expect(await refusalOf(listed({ type, region, ids: [name] }))).toEqual(refusal);
    expect(emulator.calls()).toEqual({});
  });

  test("one resource in two spellings", async () => {
    const names = ["instance", "loadbalancer"].map((kind) => `arn:acs:slb:${region}:${account}:${kind}/lb-1`);
    expect(await refusalOf(provider.tagResources({ ...place, resourceIds: names, tags }))).toMatchObject({
      code: "DuplicateResourceId",
    });
    expect(emulator.calls()).toEqual({});
  });

  test("an eleventh tag", async () => {
    const many = new Map(Array.from({ length: 11 }, (_, n) => [`key${n}`, "a"]));
    const call = provider.tagResources({ ...place, resourceIds: [arnOf(instance)], tags: many });
    expect(await refusalOf(call)).toMatchObject({ code: "LimitExceeded" });
    expect(emulator.calls()).toEqual({});
  });
});

test("a resource is known by the ARN that a listing was asked with, whichever spelling the answer has", async () => {
  const balancer = { type: "alibaba:slb:instance", account, region, id: "lb-1", tags: { owner: "a" } };
  for (const arnsAsSent of [false, true]) {
    await emulator.close();
    await start({ resources: [balancer], arnsAsSent });
    for (const kind of ["instance", "loadbalancer"]) {
      const asked = `arn:acs:slb:${region}:${account}:${kind}/lb-1`;
      expect(await listed({ type, region, ids: [asked] })).toEqual([{ id: asked, type: balancer.type, tags }]);
    }
  }
});

describe("calls are no longer than a server takes", () => {
  const long = (n: number) => ({ ...bucket, type: "alibaba:oos:template", id: `${n}-${"项".repeat(60)}` });

  test("what a write has no room for comes back, to be written by the next one", async () => {
    const refs = Array.from({ length: 50 }, (_, n) => long(n));
    for (const ref of refs) emulator.world.create(ref);
    let left = refs.map(arnOf);
    for (let calls = 0; left.length > 0; calls += 1) {
      expect(calls).toBeLessThan(6);
      const { succeeded, failed } = await provider.tagResources({ ...place, resourceIds: left, tags });
      expect(succeeded).toEqual(left.slice(0, succeeded.length));
      expect([...failed.values()].every(({ retryable, code }) => retryable && code === "CallTooLong")).toBe(true);
      left = [...failed.keys()];
    }
    expect(refs.every((ref) => emulator.world.get(ref)?.tags?.["owner"] === "a")).toBe(true);
  });

  test("a read goes on where its call had no room", async () => {
    const refs = Array.from({ length: 50 }, (_, n) => long(n));
    for (const ref of refs) emulator.world.create({ ...ref, tags: { owner: "a" } });
    const names = refs.map(arnOf);
    expect((await listed({ type, region, ids: names })).map(({ id }) => id)).toEqual(names);
  });
});

describe("an answer that says that a resource failed which was not in the call", () => {
  const answer = (body: unknown): Answer => ({ body: JSON.stringify({ RequestId: "R", ...(body as object) }) });
  const entry = (arn: string, Code = "InvalidResourceId.NotFound") => ({
    ResourceARN: arn,
    Result: { Code, Message: "said" },
  });

  async function written(body: unknown, refs = [instance, bucket]) {
    await using server = await recordingServer(answer(body));
    const own = createProvider({ ...alibabaAccount, types: ["alibaba:*"], endpoints: { "*": server.origin } }, deps);
    return await own.tagResources({ ...place, resourceIds: refs.map(arnOf), tags });
  }

  test("leaves all of them untold that no entry names, and none of them written", async () => {
    const failures = [entry("arn:acs:ecs:cn-hangzhou:111122223333:disk/d-1"), entry(arnOf(bucket))];
    const { succeeded, failed } = await written({ FailedResources: { FailedResource: failures } });
    expect(succeeded).toEqual([]);
    expect(failed.get(arnOf(bucket))).toMatchObject({ kind: "not-found", ambiguous: false });
    expect(failed.get(arnOf(instance))).toMatchObject({ code: "UnmatchedFailure", retryable: true, ambiguous: true });
  });

  test.each([
    ["an entry without a name", { FailedResources: { FailedResource: [{ Result: { Code: "X" } }] } }],
    ["an entry that is none", { FailedResources: { FailedResource: ["i-1"] } }],
    ["a text", { FailedResources: "some of them" }],
    ["another object", { FailedResources: { Failed: [], Total: 2 } }],
    ["a number", { FailedResources: 2 }],
  ])("and so does %s", async (_, body) => {
    const { succeeded, failed } = await written(body);
    expect(succeeded).toEqual([]);
    expect([...failed.values()].map(({ code }) => code)).toEqual(["UnmatchedFailure", "UnmatchedFailure"]);
  });

  test.each([
    ["nothing", {}],
    ["an empty object", { FailedResources: {} }],
    ["an empty list", { FailedResources: { FailedResource: [] } }],
    ["an empty list by itself", { FailedResources: [] }],
    ["an empty element, as XML has it", { FailedResources: "" }],
  ])("while %s says that all were written", async (_, body) => {
    const { succeeded, failed } = await written(body);
    expect(succeeded).toEqual([instance, bucket].map(arnOf));
    expect(failed.size).toBe(0);
  });

  test.each([
    ["in Resource Center's spelling", "arn:acs:slb:cn-hangzhou:111122223333:loadbalancer/lb-1"],
    ["in capitals", "arn:acs:SLB:cn-hangzhou:111122223333:Instance/lb-1"],
    ["without region and account", "arn:acs:slb:*:*:instance/lb-1"],
    ["without a beginning", "acs:slb:cn-hangzhou:111122223333:instance/lb-1"],
  ])("is matched whatever its spelling: %s", async (_, arn) => {
    const balancer = { ...instance, type: "alibaba:slb:instance", id: "lb-1" };
    const { succeeded, failed } = await written({ FailedResources: { FailedResource: [entry(arn)] } }, [
      balancer,
      instance,
    ]);
    expect(succeeded).toEqual([arnOf(instance)]);
    expect([...failed.keys()]).toEqual([arnOf(balancer)]);
  });
});
