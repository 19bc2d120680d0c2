import { describe, expect, test } from "vitest";
import { enforceTags } from "../../lib/app/enforce-tags.ts";
import { memoryWriteCap, untilNextHour } from "../../lib/app/write-cap.ts";
import { countOutcomes } from "../../lib/core/outcome.ts";
import type { MemoryCall } from "../../lib/providers/memory.ts";
import {
  created,
  createWorld,
  group,
  instance,
  messagesOf,
  outcomesOf,
  POLICY,
  providerError,
  tags,
  user,
  type WorldOptions,
} from "./enforce-world.ts";

const groups = (count: number) => Array.from({ length: count }, (_, index) => group(`g${index}`));
const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";
const isRead = ({ operation }: MemoryCall) => operation === "listTagResources";
const justNow = { createdAt: new Date(Date.UTC(2026, 10, 22, 11, 59)).toISOString() };

/** Enforces on all of these resources, one message each. */
async function enforce(options: WorldOptions, event = {}) {
  const world = createWorld(options);
  const messages = messagesOf((options.resources ?? []).map((one) => created(one, event)));
  const result = await enforceTags(messages, world.deps, world.deadline);
  return { ...world, messages, ...result };
}

describe("tagging", () => {
  test("a new resource gets the tags that it lacks, on every cloud", async () => {
    const resources = [group("g1"), user("u1"), instance("i-1")];
    const { resources: outcomes, settlements, tagsOf } = await enforce({ resources });
    for (const { id } of resources) expect(tagsOf(id)).toEqual({ env: "dev", owner: "alice" });
    expect(countOutcomes(outcomes)).toEqual({ tagged: 3 });
    expect(settlements.map(({ action }) => action)).toEqual(["acknowledge", "acknowledge", "acknowledge"]);
    expect(outcomes[0]?.tags).toEqual([
      { key: "env", outcome: "tagged", value: "dev" },
      { key: "owner", outcome: "tagged", value: "alice" },
    ]);
  });

  test("many resources share a call", async () => {
    const { calls } = await enforce({ resources: groups(100) });
    expect(calls()).toEqual({ "alibaba:apigateway:ListTagResources": 2, "alibaba:apigateway:TagResources": 2 });
  });

  test("each resource that entered leaves with exactly one outcome", async () => {
    const resources = [...groups(60), user("u1", { env: "prod", owner: "bob" }), instance("i-1", { env: "test" })];
    const { resources: outcomes } = await enforce({ resources });
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(62);
    expect(countOutcomes(outcomes)).toEqual({ tagged: 61, compliant: 1 });
  });

  test("a resource that several messages name is read and written once, and settles all of them", async () => {
    const world = createWorld({ resources: [group("g1")] });
    const messages = messagesOf([created(group("g1")), created(group("g1"))]);
    const { resources, settlements } = await enforceTags(messages, world.deps, world.deadline);
    expect(resources).toHaveLength(1);
    expect(settlements).toHaveLength(2);
    expect(world.calls()).toEqual({ "alibaba:apigateway:ListTagResources": 1, "alibaba:apigateway:TagResources": 1 });
  });

  test("a message without resources is acknowledged", async () => {
    const world = createWorld();
    const messages = [{ messageId: "m", resources: [], sendCount: 0 }];
    expect(await enforceTags(messages, world.deps, world.deadline)).toEqual({
      settlements: [{ messageId: "m", action: "acknowledge" }],
      resources: [],
    });
  });
});

describe("add only", () => {
  test("a value that is there is never changed, valid or not", async () => {
    const { tagsOf, resources } = await enforce({ resources: [group("g1", { env: "staging", owner: "bob" })] });
    expect(tagsOf("g1")).toEqual({ env: "staging", owner: "bob" });
    expect(resources).toMatchObject([{ outcome: "report-only", tags: [{ key: "env", code: "no-overwrite" }] }]);
  });

  test("an invalid value is replaced where its required tag says overwrite", async () => {
    const policy = POLICY.replace("default: dev }", "default: dev, overwrite: true }");
    const { tagsOf } = await enforce({ policy, resources: [group("g1", { env: "staging", owner: "bob" })] });
    expect(tagsOf("g1")).toEqual({ env: "dev", owner: "bob" });
  });

  test("a read that is older than 10 seconds is repeated, and what somebody wrote meanwhile stays", async () => {
    let writes = 0;
    const world = createWorld({
      resources: groups(3),
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.clock.advance(11_000);
          world.alibaba.create(group("g1", { env: "prod" }));
          throw providerError("transient");
        },
      },
    });
    const messages = messagesOf(groups(3).map((one) => created(one)));
    const { resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(world.tagsOf("g1")).toEqual({ env: "prod", owner: "alice" });
    expect(world.tagsOf("g0")).toEqual({ env: "dev", owner: "alice" });
    expect(outcomesOf(resources)).toEqual({ g0: "tagged", g1: "tagged", g2: "tagged" });
    expect(resources.find(({ id }) => id === "g1")?.tags).toEqual([
      { key: "env", outcome: "compliant" },
      { key: "owner", outcome: "tagged", value: "alice" },
    ]);
    expect(world.calls()["alibaba:apigateway:ListTagResources"]).toBe(2);
  });

  test("a read of up to 10 seconds is not repeated", async () => {
    let writes = 0;
    const world = createWorld({
      resources: [group("g1")],
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.clock.advance(9_800);
          throw providerError("conflict");
        },
      },
    });
    await enforceTags(messagesOf([created(group("g1"))]), world.deps, world.deadline);
    expect(world.calls()["alibaba:apigateway:ListTagResources"]).toBe(1);
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("another spelling that somebody wrote meanwhile holds the default back", async () => {
    let writes = 0;
    const world = createWorld({
      resources: [group("g1")],
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.clock.advance(11_000);
          world.alibaba.create(group("g1", { Env: "prod" }));
          throw providerError("transient");
        },
      },
    });
    const { resources } = await enforceTags(messagesOf([created(group("g1"))]), world.deps, world.deadline);
    expect(world.tagsOf("g1")).toEqual({ Env: "prod", owner: "alice" });
    expect(resources[0]?.tags[0]).toMatchObject({ key: "env", outcome: "report-only", code: "near-miss" });
  });

  test("tags of the creating request count as present until the settle time is over", async () => {
    const young = { ...justNow, requestTags: tags({ env: "prod", owner: "bob" }) };
    const first = await enforce({ resources: [group("g1")] }, young);
    expect(first.resources).toMatchObject([{ outcome: "compliant" }]);
    expect(first.calls()["alibaba:apigateway:TagResources"]).toBeUndefined();
    const old = { createdAt: "2026-11-22T11:00:00Z", requestTags: tags({ env: "prod", owner: "bob" }) };
    const later = await enforce({ resources: [group("g1")] }, old);
    expect(later.resources).toMatchObject([{ outcome: "tagged" }]);
  });

  test("a read that shows another value than the creating request counts", async () => {
    const young = { ...justNow, requestTags: tags({ env: "prod", owner: "bob" }) };
    const { resources } = await enforce({ resources: [group("g1", { env: "staging" })] }, young);
    expect(resources).toMatchObject([{ outcome: "report-only", tags: [{ key: "env", code: "no-overwrite" }] }]);
  });
});

describe("unknown is never written", () => {
  test("a resource whose read fails is redelivered, the others are tagged", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isRead(call) && call.type === "huawei:iam:user") throw providerError("transient");
      },
    };
    const { resources, settlements, tagsOf } = await enforce({ resources: [group("g1"), user("u1")], faults });
    expect(outcomesOf(resources)).toEqual({ g1: "tagged", u1: "redelivered" });
    expect(settlements.map(({ action }) => action)).toEqual(["acknowledge", "redeliver"]);
    expect(tagsOf("u1")).toEqual({});
  });

  test("a read that fails on its second page leaves all of its resources unknown", async () => {
    let reads = 0;
    const faults = {
      before(call: MemoryCall) {
        if (isRead(call) && (reads += 1) > 1) throw providerError("transient");
      },
    };
    const resources = groups(20).map((one) => ({ ...one, tags: tags({ a: "1", b: "1", c: "1" }) }));
    const { resources: outcomes, calls } = await enforce({ resources, faults });
    expect(countOutcomes(outcomes)).toEqual({ redelivered: 20 });
    expect(calls()["alibaba:apigateway:TagResources"]).toBeUndefined();
  });
});

describe("one bad resource costs the others nothing", () => {
  for (const named of [false, true]) {
    test(`only the ones at their tag quota are rejected by an API that takes all or none (errors name them: ${named})`, async () => {
      const crowd = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "1"]));
      // The read doesn't show the crowd, so that the provider itself has to refuse.
      const resources = [...groups(48), group("bad1"), group("bad2")];
      const world = createWorld({
        resources,
        errorsNameResource: named,
        faults: {
          before(call) {
            if (isWrite(call) && world.tagsOf("bad1")?.["k1"] === undefined) {
              world.alibaba.create(group("bad1", crowd));
              world.alibaba.create(group("bad2", crowd));
            }
          },
        },
      });
      const { resources: outcomes } = await enforceTags(
        messagesOf(resources.map((one) => created(one))),
        world.deps,
        world.deadline,
      );
      expect(countOutcomes(outcomes)).toEqual({ rejected: 2, tagged: 48 });
      expect(outcomes.filter(({ outcome }) => outcome === "rejected").map(({ id, code }) => [id, code])).toEqual([
        ["bad1", "TagQuotaExceeded"],
        ["bad2", "TagQuotaExceeded"],
      ]);
      expect(world.calls()["alibaba:apigateway:TagResources"]).toBeLessThanOrEqual(named ? 3 : 18);
    });
  }

  test("one that was deleted is gone, and the rest of its batch is tagged", async () => {
    const world = createWorld({ resources: groups(50).slice(1) });
    const { resources } = await enforceTags(
      messagesOf(groups(50).map((one) => created(one))),
      world.deps,
      world.deadline,
    );
    expect(countOutcomes(resources)).toEqual({ tagged: 49, gone: 1 });
    expect(resources.find(({ outcome }) => outcome === "gone")?.id).toBe("g0");
  });

  test("an offender is tried alone in its other batches", async () => {
    const failing: string[][] = [];
    const faults = {
      before(call: MemoryCall) {
        if (!isWrite(call) || !call.resourceIds.includes("g0")) return;
        failing.push([...call.resourceIds]);
        throw providerError("resource-permanent");
      },
    };
    // Two batches with g0 in each: 50 lack owner, of which 25 lack env too.
    const resources = groups(50).map((one, index) => (index < 25 ? one : { ...one, tags: tags({ env: "prod" }) }));
    const { resources: outcomes } = await enforce({
      resources,
      faults,
      account: { callsPerSecond: { read: 100, write: 1 } },
    });
    expect(countOutcomes(outcomes)).toEqual({ rejected: 1, tagged: 49 });
  });

  test("a failed resource of an API that answers one by one is the only one that fails", async () => {
    const world = createWorld({ resources: [instance("i-1"), instance("i-2")] });
    const messages = messagesOf(["i-1", "i-2", "i-3"].map((name) => created(instance(name))));
    const { resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(Object.values(outcomesOf(resources))).toEqual(["tagged", "tagged", "gone"]);
    expect(world.calls()["aws:tagging:TagResources"]).toBe(1);
  });

  test("a fault of a provider's own code touches only its batch", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call) && call.type === "huawei:iam:user") throw new TypeError("a bug");
      },
    };
    const { resources, log } = await enforce({ resources: [group("g1"), user("u1")], faults });
    expect(outcomesOf(resources)).toEqual({ g1: "tagged", u1: "redelivered" });
    expect(log.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
      "batch failed unexpectedly",
    ]);
  });
});

describe("what comes back", () => {
  test("a young resource that isn't visible yet is sent again, within its settle time", async () => {
    const world = createWorld();
    const messages = messagesOf([created(group("g1"), justNow), created(user("u1"), justNow)]);
    const { settlements, resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(outcomesOf(resources)).toEqual({ g1: "redelivered", u1: "redelivered" });
    expect(settlements).toMatchObject([
      { action: "send-again", delaySeconds: 4 },
      { action: "send-again", delaySeconds: 4 },
    ]);
  });

  test("one that is older than its settle time, or of unknown age, is gone", async () => {
    const world = createWorld();
    const old = { createdAt: "2026-11-22T11:44:59Z" };
    const messages = messagesOf([created(group("g1"), old), created(user("u1"))]);
    const { settlements, resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(outcomesOf(resources)).toEqual({ g1: "gone", u1: "gone" });
    expect(settlements.map(({ action }) => action)).toEqual(["acknowledge", "acknowledge"]);
  });

  test("the delay grows with each time, and never beyond 900 seconds", async () => {
    const delays: number[] = [];
    for (const sendCount of [0, 1, 2, 3, 20]) {
      const world = createWorld();
      const messages = messagesOf([created(group("g1"), justNow)], sendCount);
      const [settlement] = (await enforceTags(messages, world.deps, world.deadline)).settlements;
      delays.push(settlement?.action === "send-again" ? settlement.delaySeconds : -1);
    }
    expect(delays).toEqual([4, 8, 15, 30, 675]);
  });

  test("a burst of throttling is ridden out", async () => {
    let throttled = 0;
    const faults = {
      before() {
        if ((throttled += 1) <= 6) throw providerError("throttled");
      },
    };
    const { resources } = await enforce({ resources: groups(100), faults });
    expect(countOutcomes(resources)).toEqual({ tagged: 100 });
  });

  test("throttling without end is sent again and spares the receive count", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("throttled");
      },
    };
    const { resources, settlements } = await enforce({ resources: [group("g1")], faults });
    expect(resources).toMatchObject([{ outcome: "redelivered", code: "Test.throttled" }]);
    expect(settlements).toMatchObject([{ action: "send-again" }]);
  });

  test("a retry hint beyond the time that is left gives up at once, and delays the message by it", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("throttled", { retryAfterMs: 600_000 });
      },
    };
    const { settlements, calls } = await enforce({ resources: [group("g1")], faults });
    expect(settlements).toEqual([{ messageId: "m0", action: "send-again", delaySeconds: 600 }]);
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(1);
  });

  test("an outage that outlasts all attempts is redelivered by the queue, which counts", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("transient");
      },
    };
    const { settlements, calls } = await enforce({ resources: [group("g1")], faults });
    expect(settlements).toEqual([
      { messageId: "m0", action: "redeliver", reason: expect.stringMatching(/transient/i) },
    ]);
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(5);
  });

  test("a message is not acknowledged while one of its resources has to come back", async () => {
    const world = createWorld({ resources: [group("g1")] });
    const resources = [created(group("g1")), created(group("g2"), justNow)];
    const messages = [{ messageId: "m", resources, sendCount: 0 }];
    const { settlements } = await enforceTags(messages, world.deps, world.deadline);
    expect(settlements).toMatchObject([{ messageId: "m", action: "send-again" }]);
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("no call starts when the time is nearly up, and what wasn't reached is sent again", async () => {
    const world = createWorld({ resources: groups(3) });
    const messages = messagesOf(groups(3).map((one) => created(one)));
    const { resources, settlements } = await enforceTags(messages, world.deps, { remainingMs: () => 1_999 });
    expect(countOutcomes(resources)).toEqual({ redelivered: 3 });
    expect(settlements.map(({ action }) => action)).toEqual(["send-again", "send-again", "send-again"]);
    expect(world.calls()).toEqual({});
  });

  test("what the rate leaves no time for is handed back, the rest is tagged", async () => {
    const users = Array.from({ length: 10 }, (_, index) => user(`u${index}`));
    const world = createWorld({ resources: users, account: { callsPerSecond: { read: 1_000, write: 1 } } });
    const endsAt = world.clock.now() + 6_000;
    const deadline = { remainingMs: () => endsAt - world.clock.now() };
    const { resources } = await enforceTags(messagesOf(users.map((one) => created(one))), world.deps, deadline);
    expect(countOutcomes(resources)).toEqual({ tagged: 4, redelivered: 6 });
  });
});

describe("redelivery is harmless", () => {
  test("the same events again write nothing", async () => {
    const resources = [...groups(30), user("u1"), instance("i-1")];
    const first = await enforce({ resources });
    const writes = first.calls()["alibaba:apigateway:TagResources"];
    const again = await enforceTags(first.messages.toReversed(), first.deps, first.deadline);
    expect(countOutcomes(again.resources)).toEqual({ compliant: 32 });
    expect(first.calls()["alibaba:apigateway:TagResources"]).toBe(writes);
  });

  test("two deliveries in parallel end in the same tags", async () => {
    const world = createWorld({ resources: groups(30) });
    const messages = messagesOf(groups(30).map((one) => created(one)));
    await Promise.all([1, 2].map(async () => enforceTags(messages, world.deps, world.deadline)));
    for (const { id } of groups(30)) expect(world.tagsOf(id)).toEqual({ env: "dev", owner: "alice" });
  });

  test("a lost response is read back and not repeated where it took effect", async () => {
    let lost = 0;
    const faults = {
      after(call: MemoryCall) {
        if (isWrite(call) && (lost += 1) === 1) throw providerError("transient", { ambiguous: true });
      },
    };
    const { resources, calls } = await enforce({ resources: groups(10), faults });
    expect(countOutcomes(resources)).toEqual({ tagged: 10 });
    expect(calls()).toEqual({ "alibaba:apigateway:ListTagResources": 2, "alibaba:apigateway:TagResources": 1 });
  });

  test("after a lost request only what is missing is written, and nothing over a person's value", async () => {
    let lost = 0;
    const world = createWorld({
      resources: groups(10),
      faults: {
        before(call) {
          if (!isWrite(call) || (lost += 1) > 1) return;
          world.alibaba.create(group("g3", { env: "prod" }));
          throw providerError("transient", { ambiguous: true });
        },
      },
    });
    const { resources } = await enforceTags(
      messagesOf(groups(10).map((one) => created(one))),
      world.deps,
      world.deadline,
    );
    expect(countOutcomes(resources)).toEqual({ tagged: 10 });
    expect(world.tagsOf("g3")).toEqual({ env: "prod", owner: "alice" });
    expect(world.tagsOf("g4")).toEqual({ env: "dev", owner: "alice" });
  });

  test("responses that are lost without end come back with the message", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("transient", { ambiguous: true });
      },
    };
    const { settlements, calls } = await enforce({ resources: [group("g1")], faults });
    expect(settlements).toMatchObject([{ messageId: "m0", action: "redeliver" }]);
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(4);
  });
});

describe("brakes and refusals", () => {
  test("in report mode nothing is written, and what is missing is reported", async () => {
    for (const options of [{ deps: { mode: "report" } }, { account: { mode: "report" } }] as const) {
      const { resources, calls } = await enforce({ resources: [group("g1")], ...options });
      expect(resources).toMatchObject([{ outcome: "report-only", code: "report-mode" }]);
      expect(calls()["alibaba:apigateway:TagResources"]).toBeUndefined();
    }
  });

  test("beyond the write cap nothing is written and nothing is lost", async () => {
    const first = await enforce({ resources: groups(10), account: { writesPerHour: 7 } });
    expect(countOutcomes(first.resources)).toEqual({ tagged: 7, redelivered: 3 });
    expect(first.settlements.slice(7)).toMatchObject([
      { delaySeconds: 900 },
      { delaySeconds: 900 },
      { delaySeconds: 900 },
    ]);
    first.clock.advance(untilNextHour(first.clock.now()));
    const endsAt = first.clock.now() + 60_000;
    const again = await enforceTags(first.messages, first.deps, { remainingMs: () => endsAt - first.clock.now() });
    expect(countOutcomes(again.resources)).toEqual({ tagged: 3, compliant: 7 });
  });

  test("resources that nothing could be written to don't use up the write cap", async () => {
    const world = createWorld({ account: { writesPerHour: 5 } });
    await enforceTags(messagesOf(groups(5).map((one) => created(one))), world.deps, world.deadline);
    world.alibaba.create(group("g9"));
    const { resources } = await enforceTags(messagesOf([created(group("g9"))]), world.deps, world.deadline);
    expect(outcomesOf(resources)).toEqual({ g9: "tagged" });
  });

  test("a write cap that takes nothing back keeps no message from being settled", async () => {
    const cap = memoryWriteCap();
    const release = async () => Promise.reject(new Error("the table is gone"));
    const world = createWorld({ deps: { writeCap: { ...cap, release } } });
    const messages = messagesOf([created(group("g1"))]);
    const { settlements } = await enforceTags(messages, world.deps, world.deadline);
    expect(settlements).toEqual([{ messageId: "m0", action: "acknowledge" }]);
    expect(world.log).toContainEqual(expect.objectContaining({ level: "warn" }));
  });

  test("nothing is written where the write cap can't be asked", async () => {
    const reserve = async () => Promise.reject(new Error("the table is gone"));
    const world = createWorld({ resources: [group("g1")], deps: { writeCap: { ...memoryWriteCap(), reserve } } });
    const messages = messagesOf([created(group("g1"))]);
    await expect(enforceTags(messages, world.deps, world.deadline)).rejects.toThrow("the table is gone");
    expect(world.tagsOf("g1")).toEqual({});
  });

  test("access denied fails the whole scope at once and no other", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call) && call.type.startsWith("alibaba:")) throw providerError("access");
      },
    };
    const { resources, settlements, calls, log } = await enforce({ resources: [...groups(500), user("u1")], faults });
    expect(countOutcomes(resources)).toEqual({ failed: 500, tagged: 1 });
    expect(new Set(settlements.map(({ action }) => action))).toEqual(new Set(["acknowledge"]));
    expect(calls()["alibaba:apigateway:TagResources"]).toBeLessThanOrEqual(8);
    expect(log.filter(({ level }) => level === "error")).toHaveLength(500);
  });

  test("a resource with too few free slots gets what fits, in policy order, and is rejected for the rest", async () => {
    const crowd = Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`k${index}`, "1"]));
    const { resources, tagsOf } = await enforce({ resources: [group("g1", crowd)] });
    expect(tagsOf("g1")).toEqual({ ...crowd, env: "dev" });
    expect(resources).toMatchObject([
      {
        outcome: "rejected",
        code: "TagQuota",
        tags: [
          { key: "env", outcome: "tagged" },
          { key: "owner", outcome: "rejected" },
        ],
      },
    ]);
  });

  test("what can't be tagged at all is not applicable, with the reason", async () => {
    const legacy = { ...user("a1"), type: "huawei:iam:agency", notTaggable: "legacy agencies carry no tags" };
    const { resources } = await enforce({ resources: [legacy] });
    expect(resources).toMatchObject([
      { outcome: "not-applicable", code: "NotTaggable", message: "legacy agencies carry no tags" },
    ]);
  });

  test("an account, a type or a region that isn't configured has failed, and says so", async () => {
    const world = createWorld();
    const strangers = [
      { ...created(group("g1")), account: "999" },
      { ...created(group("g2")), type: "alibaba:ecs:instance" },
      { ...created(group("g3")), region: "cn-beijing" },
    ];
    const { resources, settlements } = await enforceTags(messagesOf(strangers), world.deps, world.deadline);
    expect(resources.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["failed", "NotConfigured"],
      ["failed", "NotConfigured"],
      ["failed", "NotConfigured"],
    ]);
    expect(resources[0]?.message).toContain("account 999 of alibaba is not in the configuration");
    expect(settlements.map(({ action }) => action)).toEqual(["acknowledge", "acknowledge", "acknowledge"]);
  });

  test("what no policy matches is not applicable without a call, configured or not", async () => {
    const policy = POLICY.replace('["alibaba:*", "huawei:*", "aws:*"]', '["aws:*"]');
    const { resources, calls } = await enforce({ policy, resources: [group("g1")] });
    expect(resources).toMatchObject([{ outcome: "not-applicable" }]);
    expect(calls()).toEqual({});
  });

  test("a failing record of the outcomes brings all messages back", async () => {
    const record = async () => Promise.reject(new Error("the table is gone"));
    await expect(enforce({ resources: [group("g1")], deps: { record } })).rejects.toThrow("the table is gone");
  });

  test("values of tags and the event's record never reach the log", async () => {
    const event = { createdBy: "alice-in-chains", record: { secret: "hunter2" } };
    const { log, tagsOf } = await enforce({ resources: [group("g1"), group("g2", { env: "zz" })] }, event);
    expect(tagsOf("g1")).toMatchObject({ owner: "alice-in-chains" });
    expect(JSON.stringify(log)).not.toMatch(/alice-in-chains|hunter2/);
  });
});
