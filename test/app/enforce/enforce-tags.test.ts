import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
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
  tags,
  user,
} from "../enforce-world.ts";
import { enforce, groups, isRead, isWrite, justNow } from "./created.ts";

describe("tagging", () => {
  test("a new resource gets the tags that it lacks, on every cloud", async () => {
    const resources = [group("g1"), user("u1"), instance("i-1")];
    const { resources: outcomes, actions, tagsOf } = await enforce({ resources });
    for (const { id } of resources) expect(tagsOf(id)).toEqual({ env: "dev", owner: "alice" });
    expect(countOutcomes(outcomes)).toEqual({ tagged: 3 });
    expect(actions.map(({ action }) => action)).toEqual(["acknowledge", "acknowledge", "acknowledge"]);
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
    const { resources, actions } = await enforceTags(messages, world.deps, world.deadline);
    expect(resources).toHaveLength(1);
    expect(actions).toHaveLength(2);
    expect(world.calls()).toEqual({ "alibaba:apigateway:ListTagResources": 1, "alibaba:apigateway:TagResources": 1 });
  });

  test("a message without resources is acknowledged", async () => {
    const world = createWorld();
    const messages = [{ messageId: "m", resources: [], sendCount: 0 }];
    expect(await enforceTags(messages, world.deps, world.deadline)).toEqual({
      actions: [{ messageId: "m", action: "acknowledge" }],
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
    const { resources, actions, tagsOf } = await enforce({ resources: [group("g1"), user("u1")], faults });
    expect(outcomesOf(resources)).toEqual({ g1: "tagged", u1: "redelivered" });
    expect(actions.map(({ action }) => action)).toEqual(["acknowledge", "send-again"]);
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
