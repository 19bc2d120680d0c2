import { expect, test } from "vitest";
import { previewEnforce } from "../../../lib/app/enforce/preview.ts";
import { enforceUntilFinal } from "../../../lib/app/enforce/until-final.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { created, createWorld, group, outcomesOf, providerError, user } from "../enforce-world.ts";

const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";
const justNow = { createdAt: "2026-11-22T11:59:00Z" };

test("what would be redelivered is tried again until it is final", async () => {
  const world = createWorld();
  const becomesVisible = { ...group("g1"), visibleAt: world.clock.now() + 60_000 };
  world.alibaba.create(becomesVisible);
  const outcomes = await enforceUntilFinal([created(group("g1"), justNow)], world.deps, { maxSeconds: 300 });
  expect(outcomesOf(outcomes)).toEqual({ g1: "tagged" });
});

test("what isn't final when the time is up has failed, with the code of its last attempt", async () => {
  const faults = {
    before(call: MemoryCall) {
      if (isWrite(call)) throw providerError("throttled");
    },
  };
  const resources = [group("g1"), user("u1", { env: "dev", owner: "bob" })];
  const world = createWorld({ resources, faults });
  const startedAt = world.clock.now();
  const outcomes = await enforceUntilFinal(
    resources.map((one) => created(one)),
    world.deps,
    { maxSeconds: 30 },
  );
  expect(outcomes).toMatchObject([
    { id: "g1", outcome: "failed", code: "Test.throttled", tags: [{ outcome: "failed" }, { outcome: "failed" }] },
    { id: "u1", outcome: "compliant" },
  ]);
  expect(world.clock.now() - startedAt).toBeLessThanOrEqual(30_000);
});

test("access that is granted while we wait ends tagged, and why we wait is told at once", async () => {
  const told: string[] = [];
  const world = createWorld({
    resources: [group("g1")],
    faults: {
      before() {
        if (world.clock.now() - startedAt < 20_000) throw providerError("access");
      },
    },
  });
  const startedAt = world.clock.now();
  const outcomes = await enforceUntilFinal([created(group("g1"))], world.deps, {
    maxSeconds: 300,
    onWait: (waiting) => told.push(...waiting.map(({ code }) => code ?? "")),
  });
  expect(outcomesOf(outcomes)).toEqual({ g1: "tagged" });
  expect(told[0]).toBe("Test.access");
});

test("access that is never granted has failed when the time is up, after one call each time", async () => {
  const faults = {
    before() {
      throw providerError("access");
    },
  };
  const world = createWorld({ resources: [group("g1"), group("g2")], faults });
  const startedAt = world.clock.now();
  const both = [group("g1"), group("g2")].map((one) => created(one));
  const outcomes = await enforceUntilFinal(both, world.deps, { maxSeconds: 60 });
  expect(outcomes).toMatchObject([
    { outcome: "failed", code: "Test.access" },
    { outcome: "failed", code: "Test.access" },
  ]);
  expect(world.clock.now() - startedAt).toBeGreaterThan(20_000);
  expect(world.calls()["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(6);
});

test("what isn't configured fails at once: waiting doesn't change a configuration", async () => {
  const world = createWorld();
  const startedAt = world.clock.now();
  const stranger = { ...created(group("g1")), account: "999" };
  const outcomes = await enforceUntilFinal([stranger], world.deps, { maxSeconds: 300 });
  expect(outcomes).toMatchObject([{ outcome: "failed", code: "NotConfigured" }]);
  expect(world.clock.now()).toBe(startedAt);
});

test("a tag that an earlier attempt wrote counts as tagged at the end", async () => {
  let writes = 0;
  const faults = {
    before(call: MemoryCall) {
      if (isWrite(call) && call.tags.has("env") && (writes += 1) <= 5) throw providerError("transient");
    },
  };
  // env and owner travel apart, so that one of them is written before the other.
  const resources = [group("g1"), ...Array.from({ length: 60 }, (_, index) => group(`h${index}`, { env: "dev" }))];
  const world = createWorld({ resources, faults });
  const outcomes = await enforceUntilFinal(
    resources.map((one) => created(one)),
    world.deps,
    { maxSeconds: 300 },
  );
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["tagged"]));
  expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
});

test("a preview shows the plan and what would become of each resource, and writes nothing", async () => {
  const crowd = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "1"]));
  const resources = [
    group("g1"),
    group("g2", crowd),
    group("g3", { env: "x", owner: "bob" }),
    group("g4", { env: "dev", owner: "bob" }),
  ];
  const world = createWorld({ resources });
  const { plan, resources: outcomes } = await previewEnforce(
    resources.map((one) => created(one)),
    world.deps,
    world.deadline,
  );
  expect(outcomesOf(outcomes)).toEqual({ g1: "tagged", g2: "rejected", g3: "report-only", g4: "compliant" });
  expect(outcomes.find(({ id }) => id === "g3")?.message).toMatch(/^env: /);
  expect(plan).toMatchObject({
    calls: 1,
    lowerBound: 1,
    unresolved: [
      { id: "g2", key: "env" },
      { id: "g2", key: "owner" },
    ],
  });
  expect(world.calls()).toEqual({ "alibaba:apigateway:ListTagResources": 1 });
});

test("any number of resources may have to be tried again", async () => {
  const world = createWorld();
  const resources = Array.from({ length: 150_000 }, (_, index) => created(group(`g${index}`)));
  const outcomes = await enforceUntilFinal(resources, world.deps, { maxSeconds: 300, stopped: () => true });
  expect(outcomes).toHaveLength(resources.length);
});
