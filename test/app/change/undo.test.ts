import { describe, expect, test } from "vitest";
import { undo } from "../../../lib/app/change/undo.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { JournalEntry } from "../../../lib/core/journal.ts";
import { countUndone } from "../../../lib/core/undo-outcome.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import * as fc from "../../properties.ts";
import {
  created,
  createWorld,
  group,
  instance,
  messagesOf,
  POLICY,
  providerError,
  user,
  type WorldOptions,
} from "../enforce-world.ts";

const OVERWRITE = POLICY.replace("default: dev }", "default: dev, overwrite: true }");
const groups = (count: number) => Array.from({ length: count }, (_, index) => group(`g${index}`));
const isUntag = ({ operation }: MemoryCall) => operation === "untagResources";

/** A world in which everything was enforced once; `undone` takes the run back. */
async function enforced(options: WorldOptions & { readonly resources: readonly MemoryResource[] }) {
  const entries: JournalEntry[] = [];
  let calm = true;
  const { faults = {}, ...rest } = options;
  const world = createWorld({
    policy: OVERWRITE,
    ...rest,
    faults: {
      before: (call) => (calm ? undefined : faults.before?.(call)),
      after: (call) => (calm ? undefined : faults.after?.(call)),
    },
    deps: { journal: async (written) => void entries.push(...written), ...options.deps },
  });
  await enforceTags(messagesOf(options.resources.map((one) => created(one))), world.deps, world.deadline);
  calm = false;
  const undone = (apply = true, more: readonly JournalEntry[] = [], seconds = 300) => {
    const { deps } = world;
    const endsAt = world.clock.now() + seconds * 1_000;
    return undo(
      [...entries, ...more],
      { ...deps, route: createRouter(deps.registry, deps.accounts) },
      { apply, deadline: { remainingMs: () => endsAt - world.clock.now() } },
    );
  };
  return { ...world, entries, undone };
}

describe("undo", () => {
  test("takes off what the run added, on every cloud, and leaves the rest", async () => {
    const resources = [group("g1", { team: "web" }), user("u1", { owner: "bob" }), instance("i-1")];
    const world = await enforced({ resources });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 5 });
    for (const { id, tags: before = new Map() } of resources) {
      expect(world.tagsOf(id)).toEqual(Object.fromEntries(before));
    }
  });

  test("puts back what the run replaced, blank or invalid", async () => {
    const world = await enforced({ resources: [group("g1", { env: "" }), group("g2", { env: "moon" })] });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 2, restored: 2 });
    expect(world.tagsOf("g1")).toEqual({ env: "" });
    expect(world.tagsOf("g2")).toEqual({ env: "moon" });
  });

  test("puts back what the run took off, where the key is still absent", async () => {
    const takenOff = (id: string): JournalEntry => {
      const { type, account, region } = created(group(id));
      return { type, account, region, id, key: "team", before: "web", at: "2026-11-22T12:00:00.000Z" };
    };
    const world = await enforced({
      resources: [group("g1", { env: "dev", owner: "bob" }), group("g2", { env: "dev", owner: "bob", team: "ops" })],
    });
    const { tags } = await world.undone(true, [takenOff("g1"), takenOff("g2")]);
    expect(tags).toMatchObject([
      { id: "g1", key: "team", before: "web", outcome: "restored" },
      { id: "g2", key: "team", before: "web", outcome: "changed" },
    ]);
    expect(tags[0]).not.toHaveProperty("value");
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "bob", team: "web" });
    expect(world.tagsOf("g2")).toEqual({ env: "dev", owner: "bob", team: "ops" });
    expect(countUndone((await world.undone(true, [takenOff("g1")])).tags)).toEqual({ changed: 1 });
  });

  test("leaves alone what has another value by now, and what is not there any more", async () => {
    const world = await enforced({ resources: groups(3) });
    world.alibaba.create(group("g1", { env: "prod", owner: "alice" }));
    world.alibaba.create(group("g2", { owner: "alice" }));
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 4, changed: 1, absent: 1 });
    expect(world.tagsOf("g1")).toEqual({ env: "prod" });
    expect(world.tagsOf("g2")).toEqual({});
  });

  test("without apply writes nothing, and says what it would do", async () => {
    const world = await enforced({ resources: [...groups(60), group("g-blank", { env: "" })] });
    const before = world.alibaba.state();
    const { tags, plannedCalls } = await world.undone(false);
    expect(countUndone(tags)).toEqual({ removed: 121, restored: 1 });
    expect(plannedCalls).toHaveLength(4);
    expect(world.alibaba.state()).toEqual(before);
    expect(world.calls()["alibaba:apigateway:UntagResources"]).toBeUndefined();
  });

  test("shares calls between resources, whatever the values are", async () => {
    const world = await enforced({
      policy: POLICY.replace("default: dev }", "default: { byRegion: { cn-hangzhou: dev }, otherwise: prod } }"),
      resources: Array.from({ length: 50 }, (_, index) => group(`g${index}`, { "team-lead": `lead-${index}` })),
    });
    await world.undone();
    expect(world.calls()["alibaba:apigateway:UntagResources"]).toBe(1);
    expect(world.tagsOf("g7")).toEqual({ "team-lead": "lead-7" });
  });

  test("a second time changes nothing", async () => {
    const world = await enforced({ resources: [...groups(3), group("g-blank", { env: "" })] });
    await world.undone();
    const after = world.alibaba.state();
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ changed: 1, absent: 7 });
    expect(world.alibaba.state()).toEqual(after);
  });

  test("of a tag that was written twice undoes the second write", async () => {
    const world = await enforced({ resources: [group("g1", { owner: "bob" })] });
    const [first] = world.entries;
    if (first === undefined) return expect.fail("nothing was written");
    world.alibaba.create(group("g1", { env: "prod", owner: "bob" }));
    const second = { ...first, value: "prod", before: "moon", at: "2026-11-22T12:00:01.000Z" };
    const { tags } = await world.undone(true, [second]);
    expect(tags).toMatchObject([{ key: "env", value: "prod", outcome: "restored" }]);
    expect(world.tagsOf("g1")).toEqual({ env: "moon", owner: "bob" });
  });

  test("looks again where its read is older than 10 seconds when the call is sent", async () => {
    let calls = 0;
    const world = await enforced({
      resources: groups(2),
      faults: {
        before(call) {
          if (!isUntag(call) || (calls += 1) > 1) return;
          world.clock.advance(11_000);
          world.alibaba.create(group("g1", { env: "prod", owner: "alice" }));
          throw providerError("transient");
        },
      },
    });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 3, changed: 1 });
    expect(world.tagsOf("g1")).toEqual({ env: "prod" });
  });

  test("reads back what a lost answer did, and takes it for its own", async () => {
    let lost = 0;
    const world = await enforced({
      resources: groups(2),
      faults: {
        after(call) {
          if (isUntag(call) && (lost += 1) === 1) throw providerError("transient", { ambiguous: true });
        },
      },
    });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 4 });
    expect(world.calls()["alibaba:apigateway:UntagResources"]).toBe(1);
  });

  test("asks again where access was denied, and takes back what it then may", async () => {
    const world = await enforced({
      resources: groups(2),
      faults: {
        before() {
          if (world.clock.now() - deniedAt < 10_000) throw providerError("access");
        },
      },
    });
    const deniedAt = world.clock.now();
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ removed: 4 });
  });

  test.each(["access", "unknown", "request"] as const)("says failed where %s errors last", async (kind) => {
    const world = await enforced({
      resources: groups(1),
      faults: {
        before(call) {
          if (isUntag(call)) throw providerError(kind);
        },
      },
    });
    const { tags } = await world.undone(true, [], 30);
    expect(tags).toMatchObject([
      { outcome: "failed", code: `Test.${kind}` },
      { outcome: "failed", code: `Test.${kind}` },
    ]);
    expect(world.tagsOf("g0")).toEqual({ env: "dev", owner: "alice" });
  });

  test("contains a bad resource, and names it", async () => {
    const world = await enforced({
      resources: groups(50),
      faults: {
        before(call) {
          if (isUntag(call) && call.resourceIds.includes("g7")) throw providerError("resource-permanent");
        },
      },
    });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ rejected: 2, removed: 98 });
    expect(tags.filter(({ outcome }) => outcome === "rejected")).toMatchObject([
      { id: "g7", code: "Test.resource-permanent" },
      { id: "g7", code: "Test.resource-permanent" },
    ]);
    expect(world.calls()["alibaba:apigateway:UntagResources"]).toBeLessThanOrEqual(20);
  });

  test("a resource that was deleted is gone, or has no tags any more", async () => {
    const world = await enforced({ resources: [user("u1"), group("g1")] });
    world.huawei.remove(user("u1"));
    world.alibaba.remove(group("g1"));
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ absent: 2, gone: 2 });
  });

  test("leaves alone what nobody knows to be written", async () => {
    const world = await enforced({ resources: [group("g1", { env: "dev", owner: "bob" })] });
    const unsure: JournalEntry = {
      ...created(group("g1")),
      key: "env",
      value: "dev",
      policyHash: "abc",
      at: "2026-11-22T12:00:00.000Z",
      unconfirmed: true,
    };
    const { tags } = await world.undone(true, [unsure]);
    expect(countUndone(tags)).toEqual({ unconfirmed: 1 });
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "bob" });
  });

  test("tries again what may yet succeed, until its time is over", async () => {
    let calls = 0;
    const world = await enforced({
      resources: groups(2),
      faults: {
        before(call) {
          if (isUntag(call) && (calls += 1) <= 12) throw providerError("transient");
        },
      },
    });
    expect(countUndone((await world.undone()).tags)).toEqual({ removed: 4 });
    calls = -1_000_000;
    const hopeless = await enforced({
      resources: groups(2),
      faults: {
        before(call) {
          if (isUntag(call)) throw providerError("transient");
        },
      },
    });
    const { tags } = await hopeless.undone(true, [], 60);
    expect(tags.every(({ outcome, code }) => outcome === "failed" && code === "Test.transient")).toBe(true);
    expect(hopeless.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("is held back by the brakes", async () => {
    const world = await enforced({ resources: groups(2) });
    const braked = {
      ...world.deps,
      mode: "report",
      route: createRouter(world.deps.registry, world.deps.accounts),
    } as const;
    const { tags } = await undo(world.entries, braked, { apply: true, deadline: world.deadline });
    expect(countUndone(tags)).toEqual({ "report-only": 4 });
    expect(world.tagsOf("g1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("stays within the write cap, and says what it left", async () => {
    const world = await enforced({ resources: groups(4), account: { writesPerHour: 6 } });
    const { tags } = await world.undone();
    expect(countUndone(tags)).toEqual({ failed: 4, removed: 4 });
    expect(tags.find(({ outcome }) => outcome === "failed")).toMatchObject({ code: "WriteCap" });
  });

  test("an account that is not configured any more has failed, the others are undone", async () => {
    const world = await enforced({ resources: [group("g1"), user("u1")] });
    const accounts = world.deps.accounts.filter(({ provider }) => provider !== "huawei");
    const deps = { ...world.deps, route: createRouter(world.deps.registry, accounts) };
    const { tags } = await undo(world.entries, deps, { apply: true, deadline: world.deadline });
    expect(countUndone(tags)).toEqual({ failed: 2, removed: 2 });
    expect(tags.find(({ outcome }) => outcome === "failed")?.code).toBe("NotConfigured");
  });

  test("whatever was there: all is as before the run, and each tag has one outcome", async () => {
    const before = fc.constantFrom<Record<string, string>>(
      {},
      { env: "" },
      { env: "moon" },
      { env: "prod" },
      { owner: "bob", env: " " },
      { team: "x" },
    );
    const kind = fc.constantFrom(group, group, user, instance);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(kind, before), { minLength: 1, maxLength: 40 }), async (wanted) => {
        const resources = wanted.map(([make, tags], index) => make(`r${index}`, tags));
        const world = await enforced({ resources });
        const { tags } = await world.undone();
        expect(tags).toHaveLength(world.entries.length);
        expect(tags.every(({ outcome }) => outcome === "removed" || outcome === "restored")).toBe(true);
        for (const [index, { id }] of resources.entries()) expect(world.tagsOf(id)).toEqual(wanted[index]?.[1]);
      }),
      { numRuns: 40 },
    );
  });
});
