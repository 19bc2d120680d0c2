import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { enforceUntilFinal } from "../../../lib/app/enforce/until-final.ts";
import { countOutcomes } from "../../../lib/core/outcome.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import {
  created,
  createWorld,
  group,
  instance,
  messagesOf,
  outcomesOf,
  providerError,
  tags,
  user,
} from "../enforce-world.ts";
import { enforce, groups, isWrite, justNow } from "./created.ts";

const START = Date.UTC(2026, 10, 22, 12);

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
      "a call failed in our own code",
    ]);
  });
});

describe("what comes back", () => {
  test("a young resource that isn't visible yet is sent again, within its settle time", async () => {
    const world = createWorld();
    const messages = messagesOf([created(group("g1"), justNow), created(user("u1"), justNow)]);
    const { actions, resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(outcomesOf(resources)).toEqual({ g1: "redelivered", u1: "redelivered" });
    expect(actions).toMatchObject([
      { action: "send-again", delaySeconds: 4 },
      { action: "send-again", delaySeconds: 4 },
    ]);
  });

  test("one that is older than its settle time, or of unknown age, is gone", async () => {
    const world = createWorld();
    const old = { createdAt: "2026-11-22T11:44:59Z" };
    const messages = messagesOf([created(group("g1"), old), created(user("u1"))]);
    const { actions, resources } = await enforceTags(messages, world.deps, world.deadline);
    expect(outcomesOf(resources)).toEqual({ g1: "gone", u1: "gone" });
    expect(actions.map(({ action }) => action)).toEqual(["acknowledge", "acknowledge"]);
  });

  describe("an event that is dated ahead of its message", () => {
    const ahead = { createdAt: "2099-01-01T00:00:00Z" };
    const sent = (resource: Parameters<typeof created>[0], ageMs: number, event = {}) => [
      {
        messageId: "m",
        resources: [created(resource, { ...ahead, ...event })],
        sendCount: 0,
        firstSentAt: START - ageMs,
      },
    ];

    test("tells of a resource that settles from its message on, and no longer", async () => {
      for (const [ageMs, outcome] of [
        [899_000, "redelivered"],
        [900_000, "gone"],
      ] as const) {
        const world = createWorld();
        const { resources } = await enforceTags(sent(group("g1"), ageMs), world.deps, world.deadline);
        expect(outcomesOf(resources)).toEqual({ g1: outcome });
      }
    });

    test("has tags of its request count as present as long, and no longer", async () => {
      const requestTags = tags({ env: "prod", owner: "x" });
      for (const [ageMs, outcome] of [
        [899_000, "compliant"],
        [900_000, "tagged"],
      ] as const) {
        const world = createWorld({ resources: [group("g1")] });
        const messages = sent(group("g1"), ageMs, { requestTags });
        const { resources } = await enforceTags(messages, world.deps, world.deadline);
        expect(outcomesOf(resources)).toEqual({ g1: outcome });
      }
    });

    test("counts from now on the command line", async () => {
      const world = createWorld();
      const resources = [created(group("g1"), ahead)];
      const outcomes = await enforceUntilFinal(resources, world.deps, { maxSeconds: 5_000 });
      expect(outcomesOf(outcomes)).toEqual({ g1: "gone" });
      expect(world.clock.now() - START).toBeLessThan(1_000_000);
    });
  });

  test("the delay grows with each time, and never beyond 900 seconds", async () => {
    const delays: number[] = [];
    for (const sendCount of [0, 1, 2, 3, 20]) {
      const world = createWorld();
      const messages = messagesOf([created(group("g1"), justNow)], sendCount);
      const [one] = (await enforceTags(messages, world.deps, world.deadline)).actions;
      delays.push(one?.action === "send-again" ? one.delaySeconds : -1);
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
    const { resources, actions } = await enforce({ resources: [group("g1")], faults });
    expect(resources).toMatchObject([{ outcome: "redelivered", code: "Test.throttled" }]);
    expect(actions).toMatchObject([{ action: "send-again" }]);
  });

  test("a retry hint beyond the time that is left gives up at once, and delays the message by it", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("throttled", { retryAfterMs: 600_000 });
      },
    };
    const { actions, calls } = await enforce({ resources: [group("g1")], faults });
    expect(actions).toMatchObject([{ messageId: "m0", action: "send-again", delaySeconds: 600 }]);
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(1);
  });

  test("an outage that outlasts all attempts is sent again", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call)) throw providerError("transient");
      },
    };
    const { actions, calls } = await enforce({ resources: [group("g1")], faults });
    expect(actions).toMatchObject([{ action: "send-again", reason: expect.stringMatching(/transient/i) }]);
    expect(calls()["alibaba:apigateway:TagResources"]).toBe(5);
  });

  test("a message is not acknowledged while one of its resources has to come back", async () => {
    const world = createWorld({ resources: [group("g1")] });
    const resources = [created(group("g1")), created(group("g2"), justNow)];
    const messages = [{ messageId: "m", resources, sendCount: 0 }];
    const { actions } = await enforceTags(messages, world.deps, world.deadline);
    expect(actions).toMatchObject([{ messageId: "m", action: "send-again" }]);
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("no call starts when the time is nearly up, and what wasn't reached is sent again", async () => {
    const world = createWorld({ resources: groups(3) });
    const messages = messagesOf(groups(3).map((one) => created(one)));
    const { resources, actions } = await enforceTags(messages, world.deps, { remainingMs: () => 1_999 });
    expect(countOutcomes(resources)).toEqual({ redelivered: 3 });
    expect(actions.map(({ action }) => action)).toEqual(["send-again", "send-again", "send-again"]);
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
