import { expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { readTags, type Reading } from "../../../lib/app/cloud/read-tags.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import { created, createWorld, group, instance, providerError, user, type WorldOptions } from "../enforce-world.ts";

async function read(wanted: readonly MemoryResource[], options: WorldOptions) {
  return readIn(createWorld(options), wanted);
}

async function readIn(world: ReturnType<typeof createWorld>, wanted: readonly MemoryResource[]) {
  const { deps, deadline, clock } = world;
  const caller = createCaller({ ...deps, deadline });
  const routeTo = createRouter(deps.registry, deps.accounts);
  const resources = wanted.map((one) => {
    const ref = created(one);
    const route = routeTo(ref);
    return "problem" in route ? expect.fail(route.problem) : { ref, route };
  });
  const readings = await readTags(resources, { caller, clock });
  const of = (one: MemoryResource): Reading => readings.get(resourceKey(created(one))) ?? expect.fail("no reading");
  return { ...world, readings, of };
}

const groups = (count: number, tags: Record<string, string> = {}) =>
  Array.from({ length: count }, (_, index) => group(`g${index}`, tags));
const wide = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`k${index}`, "1"]));

test("as many ids as the API takes share a read", async () => {
  const resources = groups(120, { env: "dev" });
  const { calls, readings } = await read(resources, { resources });
  expect(calls()).toEqual({ "alibaba:apigateway:ListTagResources": 3 });
  expect(readings.size).toBe(120);
});

test("the rows of a resource are merged over all pages", async () => {
  const resources = groups(20, wide);
  const { of, calls } = await read(resources, { resources });
  for (const one of resources) expect(of(one)).toMatchObject({ kind: "known", tags: new Map(Object.entries(wide)) });
  expect(calls()).toEqual({ "alibaba:apigateway:ListTagResources": 6 });
});

test("a complete read without rows means no tags", async () => {
  const { of } = await read([group("g1"), instance("i-1")], { resources: [group("g1")] });
  expect(of(group("g1"))).toMatchObject({ kind: "known", tags: new Map() });
  expect(of(instance("i-1"))).toMatchObject({ kind: "known", tags: new Map() });
});

test("AWS resources of several types share a read", async () => {
  const volume = { ...instance("v"), type: "aws:ec2:volume", id: "arn:aws:ec2:us-east-1:444455556666:volume/v" };
  const resources = [instance("i-1", { env: "dev" }), { ...volume, tags: new Map([["env", "prod"]]) }];
  const { calls, of } = await read(resources, { resources });
  expect(calls()).toEqual({ "aws:tagging:GetResources": 1 });
  expect(of(volume)).toMatchObject({ tags: new Map([["env", "prod"]]) });
});

test("a read that fails leaves its resources unknown, with the error, and no others", async () => {
  const faults = {
    before(call: MemoryCall) {
      if (call.type === "huawei:iam:user") throw providerError("access");
    },
  };
  const resources = [user("u1"), group("g1")];
  const { of } = await read(resources, { resources, faults });
  expect(of(user("u1"))).toMatchObject({ kind: "unknown", error: { kind: "access" } });
  expect(of(group("g1")).kind).toBe("known");
});

test("a read that fails after its first page is unknown, not half known", async () => {
  let calls = 0;
  const faults = {
    before() {
      if ((calls += 1) > 1) throw providerError("transient");
    },
  };
  const resources = groups(20, wide);
  const { of } = await read(resources, { resources, faults });
  for (const one of resources) expect(of(one).kind).toBe("unknown");
});

test("a resource that the read itself can't find is unknown with not-found", async () => {
  const { of } = await read([user("u1")], {});
  expect(of(user("u1"))).toMatchObject({ kind: "unknown", error: { kind: "not-found" } });
});

test("one id that makes a read fail doesn't keep the others unknown", async () => {
  const faults = {
    before(call: MemoryCall) {
      if (call.resourceIds.includes("g7")) throw providerError("not-found");
    },
  };
  const resources = groups(50, { env: "dev" });
  const { of } = await read(resources, { resources, faults });
  for (const one of resources) expect([one.id, of(one).kind]).toEqual([one.id, one.id === "g7" ? "unknown" : "known"]);
});

test.each(["request", "unknown"] as const)(
  "one id that a read is refused for (%s) is the only one unknown",
  async (kind) => {
    const faults = {
      before(call: MemoryCall) {
        if (call.resourceIds.includes("g7")) throw providerError(kind);
      },
    };
    const resources = groups(50, { env: "dev" });
    const { of, calls } = await read(resources, { resources, faults });
    for (const one of resources)
      expect([one.id, of(one).kind]).toEqual([one.id, one.id === "g7" ? "unknown" : "known"]);
    expect(calls()["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(15);
  },
);

test("one id that is busy is the only one unknown", async () => {
  const faults = {
    before(call: MemoryCall) {
      if (call.resourceIds.includes("g7")) throw providerError("conflict");
    },
  };
  const resources = groups(50, { env: "dev" });
  const { of } = await read(resources, { resources, faults });
  for (const one of resources) expect([one.id, of(one).kind]).toEqual([one.id, one.id === "g7" ? "unknown" : "known"]);
});

test.each(["transient", "access"] as const)(
  "what a search that broke off (%s) didn't come to is unknown for that, and not for what was found of another id",
  async (kind) => {
    let reads = 0;
    const faults = {
      before(call: MemoryCall) {
        if ((reads += 1) > 3) throw providerError(kind);
        if (call.resourceIds.includes("g7")) throw providerError("not-found");
      },
    };
    const resources = groups(50, { env: "dev" });
    const { readings } = await read(resources, { resources, faults });
    const kinds = [...readings.values()].flatMap((one) => (one.kind === "unknown" ? one.error : []));
    expect(kinds.length).toBeGreaterThan(2);
    for (const error of kinds) expect(error).toMatchObject({ kind });
  },
);

test.each(["request", "unknown"] as const)(
  "nor is what a search gave up on, since every read was refused (%s), unknown for what the first read was refused for",
  async (kind) => {
    let reads = 0;
    const faults = {
      before() {
        throw providerError((reads += 1) === 1 ? "not-found" : kind);
      },
    };
    const resources = groups(50);
    const { of, calls } = await read(resources, { resources, faults });
    for (const one of resources) expect(of(one)).toMatchObject({ kind: "unknown", error: { kind } });
    expect(calls()["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(25);
  },
);

test("what a search for one bad id had no time for is out of time, whatever the bad one was refused for", async () => {
  const resources = groups(50, { env: "dev" });
  let reads = 0;
  const world = createWorld({
    resources,
    faults: {
      before(call: MemoryCall) {
        if ((reads += 1) === 2) world.clock.advance(world.deadline.remainingMs() - 1_000);
        if (call.resourceIds.includes("g7")) throw providerError("not-found");
      },
    },
  });
  const { readings } = await readIn(world, resources);
  const errors = [...readings.values()].flatMap((one) => (one.kind === "unknown" ? one.error : []));
  expect(errors.length).toBeGreaterThan(2);
  for (const error of errors) expect(error.name).toBe("OutOfTimeError");
});

test.each(["request", "unknown"] as const)("reads that are all refused (%s) are given up after a few", async (kind) => {
  const faults = {
    before() {
      throw providerError(kind);
    },
  };
  const resources = groups(50);
  const { of, calls } = await read(resources, { resources, faults });
  for (const one of resources) expect(of(one)).toMatchObject({ kind: "unknown", error: { kind } });
  expect(calls()["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(25);
});

test("a defect of ours that one id meets is a reading of that one, and never an exception", async () => {
  const faults = {
    before(call: MemoryCall) {
      if (call.resourceIds.includes("g7")) throw new TypeError("a bug");
    },
  };
  const resources = groups(50, { env: "dev" });
  const { of } = await read(resources, { resources, faults });
  for (const one of resources) expect([one.id, of(one).kind]).toEqual([one.id, one.id === "g7" ? "unknown" : "known"]);
  expect(of(group("g7"))).toMatchObject({ error: { code: "ClientFault", message: expect.stringContaining("a bug") } });
});

test("a reading is as old as the moment its read began", async () => {
  const resources = [group("g1")];
  const world = createWorld({ resources, faults: { after: () => world.clock.advance(4_000) } });
  const startedAt = world.clock.now();
  const { of } = await readIn(world, resources);
  expect(of(group("g1"))).toMatchObject({ readAt: startedAt });
  expect(world.clock.now()).toBe(startedAt + 4_000);
});
