import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { memoryWriteCap, untilNextHour } from "../../../lib/app/write/cap.ts";
import { countOutcomes } from "../../../lib/core/outcome.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import {
  created,
  createWorld,
  group,
  instance,
  messagesOf,
  outcomesOf,
  POLICY,
  providerError,
  user,
} from "../enforce-world.ts";
import { enforce, groups, isWrite } from "./created.ts";

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
    const { actions, calls } = await enforce({ resources: [group("g1")], faults });
    expect(actions).toMatchObject([{ messageId: "m0", action: "send-again" }]);
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
    expect(first.actions.slice(7)).toMatchObject([{ delaySeconds: 900 }, { delaySeconds: 900 }, { delaySeconds: 900 }]);
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
    const { actions } = await enforceTags(messages, world.deps, world.deadline);
    expect(actions).toEqual([{ messageId: "m0", action: "acknowledge" }]);
    expect(world.log).toContainEqual(expect.objectContaining({ level: "warn" }));
  });

  test("a write cap that takes nothing back is asked once, however many accounts there are: its store may not answer", async () => {
    let asked = 0;
    const release = async () => {
      asked += 1;
      throw new Error("the table is gone");
    };
    const world = createWorld({ deps: { writeCap: { ...memoryWriteCap(), release } } });
    const messages = messagesOf([group("g1"), instance("i-1"), user("u1")].map((one) => created(one)));
    await enforceTags(messages, world.deps, world.deadline);
    expect(asked).toBe(1);
  });

  test("nothing is written where the write cap can't be asked, which is asked once; the rest of the batch ends", async () => {
    let asked = 0;
    const reserve = async () => {
      asked += 1;
      throw new Error("the table is gone");
    };
    const resources = [group("g1"), instance("i-1"), user("u1", { env: "prod", owner: "x" })];
    const world = createWorld({ resources, deps: { writeCap: { ...memoryWriteCap(), reserve } } });
    const messages = messagesOf(resources.map((one) => created(one)));
    const ended = await enforceTags(messages, world.deps, world.deadline);
    expect(asked).toBe(1);
    expect(world.tagsOf("g1")).toEqual({});
    expect(ended.actions.map(({ action }) => action)).toEqual(["send-again", "send-again", "acknowledge"]);
    expect(ended.resources[0]).toMatchObject({
      outcome: "redelivered",
      code: "WriteCapUnknown",
      message: "the write cap can't be asked: the table is gone",
    });
  });

  test("what may have been written keeps its place in the write cap, although nobody saw it done", async () => {
    const cap = memoryWriteCap();
    const released: number[] = [];
    const release: typeof cap.release = async (account, count, ...rest) => {
      released.push(count);
      await cap.release(account, count, ...rest);
    };
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call) && call.resourceIds.includes("g1")) throw providerError("transient", { ambiguous: true });
        if (isWrite(call)) throw providerError("throttled");
      },
    };
    const resources = [group("g1"), user("u1")];
    const world = createWorld({ resources, faults, deps: { writeCap: { ...cap, release } } });
    const messages = messagesOf(resources.map((one) => created(one)));
    const ended = await enforceTags(messages, world.deps, world.deadline);
    expect(outcomesOf(ended.resources)).toEqual({ g1: "redelivered", u1: "redelivered" });
    // The user's call was refused, so that nothing can come of it; the group's may land yet.
    expect(released).toEqual([1]);
  });

  test("access denied ends the whole scope at once and no other, and all of it comes back", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (isWrite(call) && call.type.startsWith("alibaba:")) throw providerError("access");
      },
    };
    const { resources, actions, calls } = await enforce({ resources: [...groups(500), user("u1")], faults });
    expect(countOutcomes(resources)).toEqual({ tagged: 1, redelivered: 500 });
    expect(actions.filter(({ action }) => action === "send-again")).toHaveLength(500);
    expect(calls()["alibaba:apigateway:TagResources"]).toBeLessThanOrEqual(8);
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

  test("what an account or a region isn't configured for comes back, and says so, and no type that is left out does", async () => {
    const world = createWorld();
    const strangers = [
      { ...created(group("g1")), account: "999" },
      { ...created(user("u2")), type: "huawei:ecs:cloudservers" },
      { ...created(group("g3")), region: "cn-beijing" },
    ];
    const { resources, actions } = await enforceTags(messagesOf(strangers), world.deps, world.deadline);
    expect(resources.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["redelivered", "NotConfigured"],
      ["not-applicable", "TypeLeftOut"],
      ["redelivered", "NotConfigured"],
    ]);
    expect(resources[0]?.message).toContain("account 999 of alibaba is not in the configuration");
    expect(actions.map(({ action }) => action)).toEqual(["send-again", "acknowledge", "send-again"]);
    expect(actions[2]).toMatchObject({ reason: expect.stringMatching(/^NotConfigured: .*add it/) as string });
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
