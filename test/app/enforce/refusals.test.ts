import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { createOffenders } from "../../../lib/app/write/offenders.ts";
import type { ErrorKind } from "../../../lib/core/errors.ts";
import { countOutcomes } from "../../../lib/core/outcome.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import {
  created,
  createWorld,
  group,
  instance,
  messagesOf,
  providerError,
  type WorldOptions,
} from "../enforce-world.ts";

const TAG = "alibaba:apigateway:TagResources";
const groups = (count: number) =>
  Array.from({ length: count }, (_, index) => group(`g${String(index).padStart(2, "0")}`));
const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";

/** Refuses every write with one of these resources in it. */
const refusing = (ids: ReadonlySet<string>, kind: ErrorKind) => ({
  before(call: MemoryCall) {
    if (isWrite(call) && call.resourceIds.some((id) => ids.has(id))) throw providerError(kind);
  },
});

async function enforce(resources: readonly MemoryResource[], options: WorldOptions = {}) {
  const world = createWorld({ resources, ...options });
  const messages = messagesOf(resources.map((one) => created(one)));
  const result = await enforceTags(messages, world.deps, world.deadline);
  return { ...world, messages, ...result };
}

describe("a request that is wrong in itself", () => {
  const all = groups(50);

  test("is not searched to its end: a few calls say that no resource is taken", async () => {
    const { resources, actions, calls } = await enforce(all, {
      faults: refusing(new Set(all.map(({ id }) => id)), "request"),
    });
    expect(countOutcomes(resources)).toEqual({ redelivered: 50 });
    expect(new Set(resources.map(({ code }) => code))).toEqual(new Set(["Test.request"]));
    expect(actions.every(({ action }) => action === "send-again")).toBe(true);
    expect(calls()[TAG]).toBeLessThanOrEqual(25);
  });

  test.each([
    ["the first ten", all.slice(0, 10)],
    ["the last ten", all.slice(40)],
    ["every fifth", all.filter((_, index) => index % 5 === 0)],
    ["all but the last", all.slice(0, 49)],
    ["all but the one in the middle", all.toSpliced(28, 1)],
  ])("that only some resources are refused for is searched: %s", async (_name, bad) => {
    const ids = new Set(bad.map(({ id }) => id));
    const { resources } = await enforce(all, { faults: refusing(ids, "request") });
    const failed = resources.filter(({ outcome }) => outcome === "redelivered").map(({ id }) => id);
    if (ids.size < 49) {
      expect(failed.sort()).toEqual([...ids].sort());
    } else {
      // One good resource among 50 may go under this time, and comes back with the others.
      expect(countOutcomes(resources)["redelivered"]).toBeGreaterThanOrEqual(49);
    }
  });

  test("resources that are refused for good are searched to the end, all of them", async () => {
    const ids = new Set(all.slice(0, 49).map(({ id }) => id));
    const { resources } = await enforce(all, { faults: refusing(ids, "resource-permanent") });
    expect(countOutcomes(resources)).toEqual({ rejected: 49, tagged: 1 });
  });
});

describe("a resource that is young or busy", () => {
  const all = groups(20);

  test.each([
    ["the first", 0],
    ["the last", 19],
    ["one in the middle", 7],
  ])("comes back, and the others of its call are tagged meanwhile: %s", async (_, place) => {
    const busy = new Set([all[place]?.id ?? ""]);
    const { resources, calls, tagsOf } = await enforce(all, { faults: refusing(busy, "conflict") });
    expect(countOutcomes(resources)).toEqual({ tagged: 19, redelivered: 1 });
    expect(resources.find(({ outcome }) => outcome === "redelivered")).toMatchObject({
      id: all[place]?.id,
      code: "Test.conflict",
    });
    expect(tagsOf("g01" === [...busy][0] ? "g02" : "g01")).toEqual({ env: "dev", owner: "alice" });
    // It is waited for as long as for any conflict, and then searched for without waiting again.
    expect(calls()[TAG]).toBeLessThanOrEqual(5 + 8);
  });

  test("and all others with it, are not searched to the end", async () => {
    const { resources, calls } = await enforce(all, {
      faults: refusing(new Set(all.map(({ id }) => id)), "conflict"),
    });
    expect(countOutcomes(resources)).toEqual({ redelivered: 20 });
    expect(calls()[TAG]).toBeLessThanOrEqual(5 + 14);
  });

  test("costs one more call where it is ready a moment later", async () => {
    let refused = 0;
    const { resources, calls } = await enforce(all, {
      faults: {
        before(call) {
          if (isWrite(call) && (refused += 1) === 1) throw providerError("conflict");
        },
      },
    });
    expect(countOutcomes(resources)).toEqual({ tagged: 20 });
    expect(calls()[TAG]).toBe(2);
  });
});

describe("a code that is final only about a resource that is alone in its call", () => {
  const all = groups(20);
  /** As AWS's `InvalidParameterException` is read, which names nobody. */
  const refusingUnnamed = (ids: ReadonlySet<string>) => ({
    before(call: MemoryCall) {
      if (!isWrite(call) || !call.resourceIds.some((id) => ids.has(id))) return;
      throw providerError(call.resourceIds.length === 1 ? "resource-permanent" : "unknown", { code: "Bad" });
    },
  });

  test("rejects that one where others are taken", async () => {
    const { resources } = await enforce(all, { faults: refusingUnnamed(new Set(["g00"])) });
    expect(countOutcomes(resources)).toEqual({ tagged: 19, rejected: 1 });
  });

  test("rejects nobody where all of them are refused with it", async () => {
    const { resources, actions, calls } = await enforce(all, {
      faults: refusingUnnamed(new Set(all.map(({ id }) => id))),
    });
    expect(countOutcomes(resources)).toEqual({ redelivered: 20 });
    expect(new Set(actions.map(({ action }) => action))).toEqual(new Set(["send-again"]));
    expect(calls()[TAG]).toBeLessThanOrEqual(20);
  });
});

describe("an offender of an earlier invocation", () => {
  const poisoned = new Set(["g07"]);

  test("is sent alone, so that its batch needs no search", async () => {
    const world = createWorld({ resources: groups(50), faults: refusing(poisoned, "resource-permanent") });
    const deps = { ...world.deps, offenders: createOffenders(world.clock) };
    const first = await enforceTags(messagesOf(groups(50).map((one) => created(one))), deps, world.deadline);
    expect(countOutcomes(first.resources)).toEqual({ rejected: 1, tagged: 49 });
    const searched = world.calls()[TAG] ?? 0;
    expect(searched).toBeGreaterThan(3);
    for (const one of groups(50)) world.alibaba.create(one);
    const second = await enforceTags(messagesOf(groups(50).map((one) => created(one))), deps, world.deadline);
    expect(countOutcomes(second.resources)).toEqual({ rejected: 1, tagged: 49 });
    expect((world.calls()[TAG] ?? 0) - searched).toBe(2);
  });

  test("is forgotten when it is put right", async () => {
    const world = createWorld({ resources: groups(2), faults: refusing(poisoned, "resource-permanent") });
    const offenders = createOffenders(world.clock);
    const deps = { ...world.deps, offenders };
    offenders.remember(created(group("g00")));
    await enforceTags(messagesOf(groups(2).map((one) => created(one))), deps, world.deadline);
    expect(world.tagsOf("g00")).toEqual({ env: "dev", owner: "alice" });
    expect(offenders.has(created(group("g00")))).toBe(false);
  });

  test("that was not there yet doesn't spoil the batches of others while it settles", async () => {
    const world = createWorld({ resources: groups(49) });
    const deps = { ...world.deps, offenders: createOffenders(world.clock) };
    const late = created(group("g99"), { createdAt: "2026-11-22T11:59:00Z" });
    const rest = groups(49).map((one) => created(one));
    await enforceTags(messagesOf([late, ...rest]), deps, world.deadline);
    const before = world.calls()[TAG] ?? 0;
    for (const one of groups(49)) world.alibaba.create(one);
    const { resources } = await enforceTags(messagesOf([late, ...rest], 1), deps, world.deadline);
    expect(countOutcomes(resources)).toEqual({ tagged: 49, redelivered: 1 });
    expect((world.calls()[TAG] ?? 0) - before).toBe(2);
  });
});

describe("an offender in several batches", () => {
  test("is searched for once, although they are under way together", async () => {
    // 150 that lack env and owner, of which 100 lack no env: several batches, the offender in two of them.
    const crowd = Array.from({ length: 150 }, (_, index) =>
      group(`g${String(index).padStart(3, "0")}`, index % 3 === 0 ? {} : { env: "prod" }),
    );
    const { resources, calls } = await enforce(crowd, { faults: refusing(new Set(["g000"]), "resource-permanent") });
    expect(countOutcomes(resources)).toEqual({ rejected: 1, tagged: 149 });
    const plannedCalls = 4;
    expect(calls()[TAG]).toBeLessThanOrEqual(plannedCalls + 8 + 2);
  });

  test("that come to be visible together are written together", async () => {
    const world = createWorld();
    const deps = { ...world.deps, offenders: createOffenders(world.clock) };
    const young = groups(50).map((one) => created(one, { createdAt: "2026-11-22T11:59:00Z" }));
    const first = await enforceTags(messagesOf(young), deps, world.deadline);
    expect(countOutcomes(first.resources)).toEqual({ redelivered: 50 });
    for (const one of groups(50)) world.alibaba.create(one);
    const before = world.calls()[TAG] ?? 0;
    const second = await enforceTags(messagesOf(young, 1), deps, world.deadline);
    expect(countOutcomes(second.resources)).toEqual({ tagged: 50 });
    expect((world.calls()[TAG] ?? 0) - before).toBe(1);
  });
});

describe("throttling that the answer says of single resources", () => {
  test("slows down what follows, as a throttled call does", async () => {
    const slowed: string[] = [];
    const world = createWorld({ resources: [instance("i-1"), instance("i-2")] });
    const [aws] = world.deps.registry.all.filter(({ provider }) => provider === "aws");
    if (aws === undefined) return expect.fail("a provider");
    let calls = 0;
    const answering = {
      ...aws,
      async tagResources(batch: Parameters<typeof aws.tagResources>[0]) {
        calls += 1;
        if (calls > 1) return aws.tagResources(batch);
        const [first = "", ...others] = batch.resourceIds;
        const result = await aws.tagResources({ ...batch, resourceIds: others });
        return { ...result, failed: new Map([[first, providerError("throttled", { retryAfterMs: 3_000 })]]) };
      },
    };
    const { limiter } = world.deps;
    const deps = {
      ...world.deps,
      registry: { all: [answering], find: () => answering },
      limiter: {
        ...limiter,
        throttled(...args: Parameters<typeof limiter.throttled>) {
          slowed.push(`${args[0].action} ${args[1]}`);
          limiter.throttled(...args);
        },
      },
    };
    const startedAt = world.clock.now();
    const messages = messagesOf([instance("i-1"), instance("i-2")].map((one) => created(one)));
    const { resources } = await enforceTags(messages, deps, world.deadline);
    expect(countOutcomes(resources)).toEqual({ tagged: 2 });
    expect(slowed).toEqual(["aws:tagging:TagResources 3000"]);
    expect(world.clock.now() - startedAt).toBeGreaterThanOrEqual(3_000);
  });
});

describe("a clock that jumps", () => {
  test("backwards by an hour holds nothing up, and old reads are made anew", async () => {
    let writes = 0;
    const world = createWorld({
      resources: groups(2),
      account: { callsPerSecond: { read: 1, write: 1 } },
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.clock.advance(-3_600_000);
          world.alibaba.create(group("g00", { env: "prod" }));
          throw providerError("transient");
        },
      },
    });
    const endsAt = performance.now() + 60_000;
    const messages = messagesOf(groups(2).map((one) => created(one)));
    const before = world.clock.now();
    const { resources } = await enforceTags(messages, world.deps, { remainingMs: () => endsAt - performance.now() });
    expect(countOutcomes(resources)).toEqual({ tagged: 2 });
    expect(world.tagsOf("g00")).toEqual({ env: "prod", owner: "alice" });
    expect(world.clock.now()).toBeLessThan(before - 3_500_000);
  });

  test("forwards by a day makes reads anew, and nothing else", async () => {
    let writes = 0;
    const world = createWorld({
      resources: groups(2),
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.clock.advance(86_400_000);
          throw providerError("transient");
        },
      },
    });
    const messages = messagesOf(groups(2).map((one) => created(one)));
    const { resources } = await enforceTags(messages, world.deps, { remainingMs: () => 60_000 });
    expect(countOutcomes(resources)).toEqual({ tagged: 2 });
    expect(world.calls()["alibaba:apigateway:ListTagResources"]).toBe(2);
  });
});
