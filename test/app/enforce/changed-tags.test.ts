import { describe, expect, test } from "vitest";
import { changeTags } from "../../../lib/app/change/change-tags.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../../lib/app/enforce/messages.ts";
import { previewEnforce } from "../../../lib/app/enforce/preview.ts";
import { enforceUntilFinal } from "../../../lib/app/enforce/until-final.ts";
import type { Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import type { TagsChanged } from "../../../lib/core/tags-changed.ts";
import { memoryTagRounds } from "../../../lib/sinks/dynamo/memory-tag-rounds.ts";
import { created, createWorld, group, instance, outcomesOf, type WorldOptions } from "../enforce-world.ts";

const POLICY = `
version: 1
requiredTags:
  env: { values: [prod, dev], default: dev, overwrite: true }
  owner: { default: { fromEvent: createdBy } }
  team: { default: web }
policies:
  - { name: kept, match: {}, require: [env, owner], mode: enforce, recheck: true }
  - { name: free, match: {}, require: [team], mode: enforce }
`;

type Like = ReturnType<typeof group>;

let events = 0;
const changed = (resource: Like, change: Partial<TagsChanged> = {}): CreatedMessage => {
  const { event: _, ...ref } = created(resource);
  const recheck = { eventId: `e${(events += 1)}`, keys: ["env"], ...change };
  return { messageId: recheck.eventId, resources: [ref], sendCount: 0, isRepair: true, recheck };
};

function worldOf(options: WorldOptions) {
  const troubles: Trouble[] = [];
  const rounds = memoryTagRounds();
  const alert = async (told: readonly Trouble[]) => void troubles.push(...told);
  const world = createWorld({ policy: POLICY, ...options, deps: { rounds, alert, ...options.deps } });
  const run = (messages: readonly CreatedMessage[]) => enforceTags(messages, world.deps, world.deadline);
  return { ...world, troubles, rounds, run };
}

const full = { env: "prod", owner: "ada", team: "web" };

describe("a tag that was taken off", () => {
  test("comes back, and nothing else that the resource lacks comes with it", async () => {
    const { run, tagsOf } = worldOf({ resources: [group("g1", { owner: "ada" })] });
    const { resources, actions } = await run([changed(group("g1"))]);
    expect(resources).toMatchObject([{ outcome: "tagged", tags: [{ key: "env", value: "dev" }] }]);
    expect(actions).toMatchObject([{ action: "acknowledge" }]);
    expect(tagsOf("g1")).toEqual({ owner: "ada", env: "dev" });
  });

  test("comes back with each other one where the event names none", async () => {
    const { run, tagsOf } = worldOf({ resources: [group("g1")] });
    const { keys: _, ...recheck } = changed(group("g1")).recheck ?? { eventId: "e" };
    const { resources } = await run([{ ...changed(group("g1")), recheck }]);
    // Who created it nobody knows any more, and of the other policy it is none of our business.
    expect(resources).toMatchObject([{ outcome: "tagged" }]);
    expect(tagsOf("g1")).toEqual({ env: "dev" });
  });

  test("stays off where its default draws on the creation, and is a finding of the next audit", async () => {
    const { run, tagsOf } = worldOf({ resources: [group("g1", { env: "prod", team: "web" })] });
    const { resources } = await run([changed(group("g1"), { keys: ["owner"] })]);
    expect(resources).toMatchObject([{ outcome: "report-only", code: "no-default" }]);
    expect(tagsOf("g1")).toEqual({ env: "prod", team: "web" });
  });

  test("stays off where no policy that requires it says recheck, without a read", async () => {
    const { run, tagsOf, calls } = worldOf({ resources: [instance("i-1", { env: "prod", owner: "ada" })] });
    const tagsAfter = new Map(Object.entries({ env: "prod", owner: "ada" }));
    const { resources } = await run([changed(instance("i-1"), { keys: ["team"], tagsAfter })]);
    expect(resources).toMatchObject([{ outcome: "compliant" }]);
    expect(calls()).toEqual({});
    expect(tagsOf(instance("i-1").id)).toEqual({ env: "prod", owner: "ada" });
  });

  test("is nobody's business where no policy says recheck at all", async () => {
    const policy = POLICY.replace(", recheck: true", "");
    const { run, calls } = worldOf({ policy, resources: [group("g1")] });
    expect((await run([changed(group("g1"))])).resources).toMatchObject([{ outcome: "not-applicable" }]);
    expect(calls()).toEqual({});
  });

  test("stays off in report mode, and takes no round", async () => {
    const world = worldOf({ resources: [group("g1")], deps: { mode: "report" } });
    for (let time = 0; time < 5; time += 1) {
      const { resources } = await world.run([changed(group("g1"))]);
      expect(resources).toMatchObject([{ outcome: "report-only", code: "report-mode" }]);
    }
    expect(world.troubles).toEqual([]);
  });

  test("that was changed to a value that is not allowed becomes an allowed one where overwrite says so", async () => {
    const { run, tagsOf } = worldOf({ resources: [group("g1", { ...full, env: "test" })] });
    await run([changed(group("g1"))]);
    expect(tagsOf("g1")).toMatchObject({ env: "dev" });
  });

  test("of a resource whose creation is told of too makes it no less a creation", async () => {
    const { run, tagsOf } = worldOf({ resources: [group("g1")] });
    const creation = { messageId: "c", resources: [created(group("g1"))], sendCount: 0 };
    await run([changed(group("g1")), creation]);
    expect(tagsOf("g1")).toEqual({ env: "dev", owner: "alice", team: "web" });
  });
});

describe("our own writes", () => {
  test("start no round, since what they wrote is right when it is read", async () => {
    const { run, calls } = worldOf({ resources: [group("g1", full)] });
    const { resources } = await run([changed(group("g1"))]);
    expect(resources).toMatchObject([{ outcome: "compliant" }]);
    expect(Object.keys(calls()).filter((action) => /:TagResources/.test(action))).toEqual([]);
  });

  test("cost not even a read where the event tells all tags", async () => {
    const { run, calls } = worldOf({ resources: [instance("i-1", full)] });
    const tagsAfter = new Map(Object.entries(full));
    await run([changed(instance("i-1"), { tagsAfter })]);
    expect(calls()).toEqual({});
  });

  test("of two changes the later one tells, whatever the order of their messages", async () => {
    const { run, tagsOf } = worldOf({ resources: [instance("i-1", { owner: "ada" })] });
    const before = changed(instance("i-1"), {
      changedAt: "2026-11-22T12:00:00Z",
      tagsAfter: new Map([["env", "prod"]]),
    });
    const after = changed(instance("i-1"), { changedAt: "2026-11-22T12:00:01Z", tagsAfter: new Map() });
    await run([after, before]);
    expect(tagsOf(instance("i-1").id)).toEqual({ owner: "ada", env: "dev" });
  });

  test("by command, undo included, are noted before they are sent, and bring nothing back", async () => {
    const world = worldOf({ resources: [group("g1", full)] });
    const { clock, deps, deadline, rounds, run, tagsOf } = world;
    const ref = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "g1" };
    const route = createRouter(deps.registry, deps.accounts);
    const at = clock.now();
    await changeTags(
      [{ ref, key: "env", to: undefined }],
      { ...deps, route, noteOurs: (...noted) => rounds.noteOurs(...noted) },
      { apply: true, deadline },
    );
    expect(tagsOf("g1")).toEqual({ owner: "ada", team: "web" });
    const changedAt = new Date(at).toISOString();
    expect((await run([changed(group("g1"), { changedAt })])).resources).toMatchObject([
      { outcome: "report-only", code: "our-command" },
    ]);
    expect(tagsOf("g1")).toEqual({ owner: "ada", team: "web" });
  });

  test("by command are not sent where they can't be noted", async () => {
    const { deps, deadline, tagsOf } = worldOf({ resources: [group("g1", full)] });
    const ref = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "g1" };
    const route = createRouter(deps.registry, deps.accounts);
    const noteOurs = () => Promise.reject(new Error("no table"));
    const done = changeTags(
      [{ ref, key: "env", to: undefined }],
      { ...deps, route, noteOurs },
      { apply: true, deadline },
    );
    await expect(done).rejects.toThrow("no table");
    expect(tagsOf("g1")).toEqual(full);
  });
});

describe("a fight", () => {
  test("ends after three rounds: the tag stays off, and somebody is told", async () => {
    const world = worldOf({ resources: [group("g1", { owner: "ada", team: "web" })] });
    for (let round = 0; round < 3; round += 1) {
      expect(outcomesOf((await world.run([changed(group("g1"))])).resources)["g1"]).toBe("tagged");
      expect(world.tagsOf("g1")).toMatchObject({ env: "dev" });
      world.alibaba.create(group("g1", { owner: "ada", team: "web" }));
    }
    expect(world.troubles).toEqual([]);
    const { resources, actions } = await world.run([changed(group("g1"))]);
    expect(resources).toMatchObject([{ outcome: "report-only", code: "fight" }]);
    expect(actions).toMatchObject([{ action: "acknowledge" }]);
    expect(world.troubles).toMatchObject([{ kind: "fight", id: "g1", message: "Changed again: env." }]);
  });

  test("can't go on where nobody can count its rounds: nothing is written, and the message comes back", async () => {
    const down = { take: () => Promise.reject(new Error("table is down")) };
    for (const deps of [{ rounds: down }, { rounds: undefined }]) {
      const world = createWorld({ policy: POLICY, resources: [group("g1"), group("g2")] });
      const { rounds: _, ...without } = world.deps;
      const all = deps.rounds === undefined ? without : { ...world.deps, rounds: deps.rounds };
      const messages = [changed(group("g1")), changed(group("g2"))];
      const { resources, actions } = await enforceTags(messages, all, world.deadline);
      expect(resources).toMatchObject([
        { outcome: "redelivered", code: "RoundsUnknown" },
        { outcome: "redelivered", code: "RoundsUnknown" },
      ]);
      expect(actions).toMatchObject([{ action: "send-again" }, { action: "send-again" }]);
      expect(world.tagsOf("g1")).toEqual({});
    }
  });
});

describe("on the command line", () => {
  const { recheck: change = { eventId: "e" }, resources } = changed(group("g1"));

  test("changes are judged as the functions judge them", async () => {
    const { deps, tagsOf } = worldOf({ resources: [group("g1"), group("g2")] });
    const creations = [created(group("g2"))];
    const changes = [{ change, resources }];
    const outcomes = await enforceUntilFinal(creations, deps, { maxSeconds: 60, changes });
    expect(outcomesOf(outcomes)).toEqual({ g1: "tagged", g2: "tagged" });
    expect(tagsOf("g1")).toEqual({ env: "dev" });
    expect(tagsOf("g2")).toEqual({ env: "dev", owner: "alice", team: "web" });
  });

  test("and so are they before anything is written", async () => {
    const { deps, deadline, tagsOf } = worldOf({ resources: [group("g1")] });
    const preview = await previewEnforce([], deps, deadline, [{ change, resources }]);
    expect(preview.resources).toMatchObject([{ outcome: "tagged", tags: [{ key: "env", value: "dev" }] }]);
    expect(tagsOf("g1")).toEqual({});
  });
});
