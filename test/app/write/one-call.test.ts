import { describe, expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { openPairs, type PlannedWrite, refreshEntry } from "../../../lib/app/write/pairs.ts";
import { sendBatch } from "../../../lib/app/write/send-batch.ts";
import type { ErrorKind } from "../../../lib/core/errors.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import {
  AWS,
  created,
  createWorld,
  group,
  instance,
  providerError,
  tags,
  type WorldOptions,
} from "../enforce-world.ts";

const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";
const isRead = ({ operation }: MemoryCall) => operation === "listTagResources";
const failing = (kind: ErrorKind, details = {}) => ({
  before(call: MemoryCall) {
    if (isWrite(call)) throw providerError(kind, details);
  },
});

interface SendOptions extends WorldOptions {
  readonly resources: readonly MemoryResource[];
  /** What the plan's read showed; by default what is there. */
  readonly read?: Readonly<Record<string, string>>;
  readonly write?: Readonly<Record<string, string>>;
  readonly seconds?: number;
  readonly rate?: number;
}

/** One batch of resources of one type, ready to be sent. */
function batchOf({ resources, read, write = { env: "dev" }, seconds = 60, rate = 1_000, ...options }: SendOptions) {
  const world = createWorld({ resources, account: { callsPerSecond: { read: 1_000, write: rate } }, ...options });
  const { clock, deps } = world;
  const routeTo = createRouter(deps.registry, deps.accounts);
  const writes = resources.map((one): PlannedWrite => {
    const ref = created(one);
    const route = routeTo(ref);
    if ("problem" in route) return expect.fail(route.problem);
    const shown = read === undefined ? (one.tags ?? tags({})) : tags(read);
    return { ref, route, reading: { kind: "known", tags: shown, readAt: clock.now() }, tags: tags(write) };
  });
  const [{ ref }] = writes as [PlannedWrite];
  const pairs = openPairs(writes);
  const { account, region } = ref;
  const type = ref.type.startsWith("aws:") ? "aws:*:*" : ref.type;
  const batch = { type, account, region, resourceIds: resources.map(({ id }) => id), tags: tags(write) };
  const endsAt = clock.now() + seconds * 1_000;
  const limiter = createRateLimiter(clock);
  const deadline = { remainingMs: () => endsAt - clock.now() };
  const caller = createCaller({ clock, random: () => 0, limiter, deadline });
  const resultOf = (id: string, key = "env") => pairs.find(batch, id)?.pairs.get(key)?.result;
  return { ...world, pairs, batch, resultOf, send: () => sendBatch(batch, pairs, { caller, clock }) };
}

describe("what a call came to", () => {
  test("success ends every pair as written, by the call and at its time", async () => {
    const { send, resultOf, clock } = batchOf({ resources: [group("g1"), group("g2")] });
    expect(await send()).toEqual({ kind: "answered", retry: [], error: undefined });
    for (const id of ["g1", "g2"]) {
      expect(resultOf(id)).toEqual({ kind: "written", value: "dev", at: clock.now(), requestId: "memory-1" });
    }
  });

  test("a batch of nobody is sent to nobody", async () => {
    const { pairs, batch, calls, clock, deps } = batchOf({ resources: [group("g1")] });
    const caller = createCaller({ ...deps, deadline: { remainingMs: () => 1_000 } });
    const nobody = { ...batch, resourceIds: ["g9"] };
    expect(await sendBatch(nobody, pairs, { caller, clock })).toEqual({
      kind: "answered",
      retry: [],
      error: undefined,
    });
    expect(calls()).toEqual({});
  });

  test.each(["transient", "access"] as const)("a %s error ends it, and every pair comes back", async (kind) => {
    const { send, resultOf } = batchOf({ resources: [group("g1")], faults: failing(kind) });
    expect(await send()).toMatchObject({ kind: "ended", error: { kind } });
    expect(resultOf("g1")).toMatchObject({ kind: "unfinished", error: { kind } });
  });

  test("no time ends it, and every pair as unfinished", async () => {
    const { send, resultOf, calls } = batchOf({ resources: [group("g1")], seconds: 1 });
    expect(await send()).toMatchObject({ kind: "ended", error: { name: "OutOfTimeError" } });
    expect(resultOf("g1")).toMatchObject({ kind: "unfinished", error: { name: "OutOfTimeError" } });
    expect(calls()).toEqual({});
  });

  test.each(["resource-permanent", "not-found", "request", "unknown"] as const)(
    "a %s error is a refusal, and ends no pair",
    async (kind) => {
      const { send, resultOf } = batchOf({ resources: [group("g1")], faults: failing(kind) });
      expect(await send()).toMatchObject({ kind: "refused", error: { kind } });
      expect(resultOf("g1")).toBeUndefined();
    },
  );

  test("a lost answer ends no pair, and the next call reads first", async () => {
    let lost = 0;
    const faults = {
      after(call: MemoryCall) {
        if (isWrite(call) && (lost += 1) === 1) throw providerError("transient", { ambiguous: true });
      },
    };
    const { send, resultOf, calls } = batchOf({ resources: [group("g1")], faults });
    expect(await send()).toMatchObject({ kind: "lost", error: { ambiguous: true } });
    expect(resultOf("g1")).toBeUndefined();
    expect(await send()).toEqual({ kind: "changed", ids: ["g1"] });
    expect(resultOf("g1")).toMatchObject({ kind: "written", value: "dev" });
    expect(calls()).toEqual({ "alibaba:apigateway:ListTagResources": 1, "alibaba:apigateway:TagResources": 1 });
  });

  test("what is no provider's error is a refusal of its resources, and is read back before it is sent again", async () => {
    let bugs = 0;
    const faults = {
      after(call: MemoryCall) {
        if (isWrite(call) && (bugs += 1) === 1) throw new TypeError("a bug");
      },
    };
    const { send, calls, resultOf } = batchOf({ resources: [group("g1")], faults });
    expect(await send()).toMatchObject({ kind: "refused", error: { code: "ClientFault", ambiguous: true } });
    expect(await send()).toEqual({ kind: "changed", ids: ["g1"] });
    expect(resultOf("g1")).toMatchObject({ kind: "written" });
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(1);
  });
});

describe("the read that a call rests on", () => {
  test.each([
    ["10 s old is fresh", 10_000, 0],
    ["more than 10 s old is made anew", 10_001, 1],
    ["of the future is made anew", -1, 1],
  ])("%s", async (_name, age, reads) => {
    const { send, clock, calls } = batchOf({ resources: [group("g1")] });
    clock.advance(age);
    await send();
    expect(calls()["alibaba:apigateway:ListTagResources"] ?? 0).toBe(reads);
  });

  test("is made anew for all when it is too old for one", async () => {
    const { send, clock, pairs, batch, calls } = batchOf({ resources: [group("g1"), group("g2")] });
    clock.advance(9_000);
    const second = pairs.find(batch, "g2") ?? expect.fail("no entry");
    refreshEntry(second, { kind: "known", tags: tags({}), readAt: clock.now() });
    clock.advance(2_000);
    await send();
    expect(calls()["alibaba:apigateway:ListTagResources"]).toBe(1);
    expect(second.reading.readAt).toBe(clock.now());
  });

  test("is made anew where another batch read while the call was under way, and the call failed", async () => {
    let attempts = 0;
    const world = batchOf({
      resources: [group("g1")],
      faults: {
        before(call) {
          if (!isWrite(call) || (attempts += 1) > 1) return;
          world.alibaba.create(group("g1", { env: "prod" }));
          const entry = world.pairs.find(world.batch, "g1") ?? expect.fail("no entry");
          refreshEntry(entry, { kind: "known", tags: tags({ env: "prod" }), readAt: world.clock.now() });
          throw providerError("throttled");
        },
      },
    });
    expect(await world.send()).toEqual({ kind: "changed", ids: ["g1"] });
    expect(world.tagsOf("g1")).toEqual({ env: "prod" });
    expect(world.resultOf("g1")).toMatchObject({ kind: "dropped" });
  });

  test("that is always too slow ends in an error that says so, and nothing is sent", async () => {
    const world = batchOf({
      resources: [group("g1")],
      seconds: 3_600,
      faults: {
        before(call) {
          if (isRead(call)) world.clock.advance(10_500);
        },
      },
    });
    world.clock.advance(11_000);
    expect(await world.send()).toMatchObject({ kind: "ended", error: { code: "SlowRead", kind: "transient" } });
    expect(world.calls()["alibaba:apigateway:TagResources"]).toBeUndefined();
    expect(world.resultOf("g1")).toMatchObject({
      error: {
        message: "Reading tags takes longer than the 10 s that a write may rest on",
        requestId: "",
        httpStatus: 0,
      },
    });
  });
});

describe("room for the tags", () => {
  const crowd = (count: number, prefix = "k") =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, "1"]));
  const both = { env: "dev", owner: "alice" };

  test.each([
    ["18 of 20 are taken: both fit", crowd(18), "answered"],
    ["19 are taken: they don't", crowd(19), "changed"],
    ["20 are taken, one of them is replaced: the other doesn't fit", { ...crowd(19), env: "" }, "changed"],
    ["19 are taken, one of them is replaced: both fit", { ...crowd(18), env: "" }, "answered"],
    ["20 are taken, both are replaced", { ...crowd(18), env: "", owner: "" }, "answered"],
  ])("%s", async (_name, present, kind) => {
    const { send, calls } = batchOf({ resources: [group("g1", present)], write: both });
    expect(await send()).toMatchObject({ kind });
    expect(calls()["alibaba:apigateway:TagResources"] ?? 0).toBe(kind === "answered" ? 1 : 0);
  });

  test("tags that the provider keeps for itself take none, as in the plan", async () => {
    const resources = [instance("i-1", { ...crowd(48), ...crowd(5, "aws:k") })];
    const { send, calls } = batchOf({ resources, write: both });
    await send();
    expect(calls()["aws:tagging:TagResources"]).toBe(1);
  });
});

describe("an answer resource by resource", () => {
  /** AWS answers like this, whatever it did. */
  function answering(failed: Readonly<Record<string, ErrorKind>>, { silent = [] as string[], details = {} } = {}) {
    const names = ["i-1", "i-2", "i-3"];
    const world = batchOf({ resources: names.map((name) => instance(name)) });
    const arn = (name: string) => `arn:aws:ec2:us-east-1:${AWS}:instance/${name}`;
    const provider = world.deps.registry.find("aws", AWS) ?? expect.fail("no provider");
    for (const name of names) {
      const entry = world.pairs.find(world.batch, arn(name)) ?? expect.fail("no entry");
      const tagResources = async () => ({
        requestId: "r1",
        succeeded: names.filter((one) => !(one in failed) && !silent.includes(one)).map(arn),
        failed: new Map(Object.entries(failed).map(([one, kind]) => [arn(one), providerError(kind, details)])),
      });
      Object.assign(entry.route, { provider: { ...provider, tagResources } });
    }
    return { ...world, arn };
  }

  test("ends each by its own answer, and hands back what may yet succeed", async () => {
    const { send, resultOf, arn } = answering({ "i-1": "transient", "i-2": "resource-permanent" });
    expect(await send()).toMatchObject({ kind: "answered", retry: [arn("i-1")], error: { kind: "transient" } });
    expect(resultOf(arn("i-1"))).toBeUndefined();
    expect(resultOf(arn("i-2"))).toMatchObject({ kind: "refused", error: { kind: "resource-permanent" } });
    expect(resultOf(arn("i-3"))).toMatchObject({ kind: "written", requestId: "r1" });
  });

  test.each([
    { "i-1": "throttled", "i-2": "transient" },
    { "i-1": "transient", "i-2": "throttled" },
  ] as const)("of several errors the throttling one decides: %j", async (failed) => {
    expect(await answering(failed).send()).toMatchObject({ error: { kind: "throttled" } });
  });

  test("one that may have been written is read before it is sent again, the others aren't", async () => {
    const lost = answering({ "i-1": "transient" }, { details: { ambiguous: true } });
    await lost.send();
    const pairOf = (name: string) => lost.pairs.find(lost.batch, lost.arn(name))?.pairs.get("env");
    expect(pairOf("i-1")?.maybeWritten).toBe(true);
    expect(pairOf("i-3")?.maybeWritten).toBe(false);
    const sure = answering({ "i-1": "transient" });
    await sure.send();
    expect(sure.pairs.find(sure.batch, sure.arn("i-1"))?.pairs.get("env")?.maybeWritten).toBe(false);
  });

  test("one that it says nothing of is unfinished, and says why", async () => {
    const { send, resultOf, arn } = answering({}, { silent: ["i-2"] });
    expect(await send()).toEqual({ kind: "answered", retry: [], error: undefined });
    expect(resultOf(arn("i-2"))).toMatchObject({
      kind: "unfinished",
      error: { message: "the provider's answer says nothing of this resource" },
    });
    expect(resultOf(arn("i-1"))).toMatchObject({ kind: "written" });
  });
});
