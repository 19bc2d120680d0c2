import { describe, expect, test } from "vitest";
import { changeTags } from "../../../lib/app/change/change-tags.ts";
import { undo } from "../../../lib/app/change/undo.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import type { JournalEntry } from "../../../lib/core/journal.ts";
import type { Resource } from "../../../lib/core/resource.ts";
import type { TagChange } from "../../../lib/core/tag-change.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import * as fc from "../../properties.ts";
import { created, createWorld, group, instance, providerError, user, type WorldOptions } from "../enforce-world.ts";

const isWrite = ({ operation }: MemoryCall) => operation === "tagResources" || operation === "untagResources";

/** By key: the value that each of the resources is to have; undefined = it is to be taken off. */
type Wanted = Readonly<Record<string, string | undefined>>;

function changesOf(resources: readonly MemoryResource[], wanted: Wanted): TagChange[] {
  return resources.flatMap((resource) => {
    const { type, account, region, id }: Resource = created(resource);
    return Object.entries(wanted).map(([key, to]) => ({ ref: { type, account, region, id }, key, to }));
  });
}

/** A world in which somebody changes the tags of all of its resources. */
function changingWorld(options: WorldOptions & { readonly resources: readonly MemoryResource[] }) {
  const world = createWorld(options);
  const journal: JournalEntry[] = [];
  const deps = { ...world.deps, route: createRouter(world.deps.registry, world.deps.accounts) };
  const within = (seconds: number) => {
    const endsAt = world.clock.now() + seconds * 1_000;
    return { remainingMs: () => endsAt - world.clock.now() };
  };
  const change = async (wanted: Wanted, { apply = true, seconds = 300 } = {}) => {
    const keep = async (entries: readonly JournalEntry[]) => void journal.push(...entries);
    const changes = changesOf(options.resources, wanted);
    const { endings } = await changeTags(changes, deps, { apply, deadline: within(seconds), journal: keep });
    return endings.map(({ outcome, before, code }) => [outcome, before, code].filter((part) => part !== undefined));
  };
  const takeBack = () => undo(journal, deps, { apply: true, deadline: within(300) });
  const writeCalls = () =>
    Object.entries(world.calls()).reduce((sum, [action, count]) => (/List|Get/.test(action) ? sum : sum + count), 0);
  return { ...world, journal, change, takeBack, writeCalls };
}

const groups = (count: number, tags: Record<string, string> = {}) =>
  Array.from({ length: count }, (_, index) => group(`g${index}`, tags));

describe("changing tags as somebody asks for", () => {
  test("adds, replaces and takes off, and journals what was there before", async () => {
    const world = changingWorld({ resources: [group("g1", { env: "moon", team: "web", stage: "x" })] });
    const endings = await world.change({ env: "prod", owner: "bob", team: undefined, gone: undefined, stage: "x" });
    expect(endings).toEqual([["done", "moon"], ["done"], ["done", "web"], ["already"], ["already", "x"]]);
    expect(world.tagsOf("g1")).toEqual({ env: "prod", owner: "bob", stage: "x" });
    const lines = world.journal.map(({ key, value, before, policyHash }) => ({ key, value, before, policyHash }));
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual({ key: "env", value: "prod", before: "moon", policyHash: undefined });
    expect(lines).toContainEqual({ key: "owner", value: "bob", before: undefined, policyHash: undefined });
    expect(lines).toContainEqual({ key: "team", value: undefined, before: "web", policyHash: undefined });
  });

  test("sends no call where all is as it is to be", async () => {
    const world = changingWorld({ resources: groups(3, { env: "prod" }) });
    expect(await world.change({ env: "prod", team: undefined })).toHaveLength(6);
    expect({ calls: world.writeCalls(), lines: world.journal.length }).toEqual({ calls: 0, lines: 0 });
  });

  test("fills calls as far as the API allows", async () => {
    const world = changingWorld({ resources: groups(60, { team: "web" }) });
    await world.change({ env: "prod", owner: "bob", team: undefined });
    expect(world.calls()).toMatchObject({
      "alibaba:apigateway:TagResources": 2,
      "alibaba:apigateway:UntagResources": 2,
    });
  });

  test.each([
    ["without apply", false, {}],
    ["where tagwarden runs in report mode", true, { deps: { mode: "report" } }],
    ["in an account in report mode", true, { account: { mode: "report" } }],
  ] as const)("%s only says what was there", async (_name, apply, options) => {
    const world = changingWorld({ resources: [group("g1", { env: "moon", team: "web" })], ...options });
    const endings = await world.change({ env: "prod", team: undefined }, { apply });
    expect(endings.map(([, before]) => before)).toEqual(["moon", "web"]);
    expect({ calls: world.writeCalls(), lines: world.journal.length }).toEqual({ calls: 0, lines: 0 });
  });

  test("stays within the write cap, and says what it left", async () => {
    const world = changingWorld({ resources: groups(5), account: { writesPerHour: 3 } });
    const endings = await world.change({ env: "prod" });
    expect(endings.filter(([outcome]) => outcome === "done")).toHaveLength(3);
    expect(endings.filter(([outcome]) => outcome !== "done")).toEqual([
      ["failed", "WriteCap"],
      ["failed", "WriteCap"],
    ]);
    expect(world.journal).toHaveLength(3);
  });

  test("names the bad resource of a call, and changes the others", async () => {
    const world = changingWorld({
      resources: groups(50),
      faults: {
        before(call) {
          if (isWrite(call) && call.resourceIds.includes("g7")) throw providerError("resource-permanent");
        },
      },
    });
    const endings = await world.change({ env: "prod" });
    expect(endings[7]).toEqual(["rejected", "Test.resource-permanent"]);
    expect(endings.filter(([outcome]) => outcome === "done")).toHaveLength(49);
  });

  test("refuses by itself what a resource has no room for", async () => {
    const full = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "v"]));
    const world = changingWorld({ resources: [group("g1", full), group("g2")] });
    expect(await world.change({ env: "prod" })).toEqual([["rejected", "TagQuota"], ["done"]]);
  });
});

describe("the read before the write", () => {
  const kinds = ["not-found", "resource-permanent", "not-taggable", "access", "request", "transient"] as const;

  test.each(kinds)(
    "that fails, as %s, leaves a resource unknown: it is not written, and the reason is said",
    async (kind) => {
      const resources = [group("g1", { env: "moon" }), user("u1", { env: "moon" })];
      const world = changingWorld({
        resources,
        faults: {
          before({ operation, type }) {
            if (operation === "listTagResources" && type === "huawei:iam:user") {
              throw providerError(kind, { code: "TagsUnreadable" });
            }
          },
        },
      });
      const [done, unknown] = await world.change({ env: "prod" }, { seconds: 20 });
      expect(done).toEqual(["done", "moon"]);
      expect(unknown).toEqual([expect.stringMatching(/^(failed|rejected|gone)$/), "TagsUnreadable"]);
      expect(world.tagsOf("u1")).toEqual({ env: "moon" });
      expect(world.journal.map(({ id }) => id)).toEqual(["g1"]);
    },
  );

  test("is at most 10 s old when the call is sent, and no value is replaced that it didn't show", async () => {
    let calls = 0;
    const world = changingWorld({
      resources: [group("g1", { env: "moon" }), group("g2", { env: "moon" })],
      faults: {
        before(call) {
          if (!isWrite(call) || (calls += 1) > 1) return;
          world.clock.advance(11_000);
          world.alibaba.create(group("g1", { env: "sun" }));
          throw providerError("transient");
        },
      },
    });
    expect(await world.change({ env: "prod" })).toEqual([
      ["done", "sun"],
      ["done", "moon"],
    ]);
    expect(Object.fromEntries(world.journal.map(({ id, before }) => [id, before]))).toEqual({ g1: "sun", g2: "moon" });
  });

  test("shows what somebody else did meanwhile, which then needs no write and no time", async () => {
    let calls = 0;
    const world = changingWorld({
      resources: [group("g1", { env: "moon", team: "web" })],
      faults: {
        before(call) {
          if (!isWrite(call) || (calls += 1) > 1) return;
          world.clock.advance(11_000);
          world.alibaba.create(group("g1", { env: "prod" }));
          throw providerError("transient");
        },
      },
    });
    const endings = await world.change({ env: "prod", team: undefined }, { seconds: 13.5 });
    expect(endings).toEqual([["already", "prod"], ["already"]]);
    expect(world.journal).toEqual([]);
  });
});

describe("an answer that was lost", () => {
  test("is read back, and what it did is journaled", async () => {
    let lost = 0;
    const world = changingWorld({
      resources: [group("g1", { env: "moon", team: "web" })],
      faults: {
        after(call) {
          if (isWrite(call) && (lost += 1) <= 2) throw providerError("transient", { ambiguous: true });
        },
      },
    });
    expect(await world.change({ env: "prod", team: undefined })).toEqual([
      ["done", "moon"],
      ["done", "web"],
    ]);
    expect(world.writeCalls()).toBe(2);
    await world.takeBack();
    expect(world.tagsOf("g1")).toEqual({ env: "moon", team: "web" });
  });

  test("leaves an entry that undo won't act on where nobody could look", async () => {
    let isLost = false;
    const world = changingWorld({
      resources: [group("g1", { team: "web" })],
      faults: {
        before({ operation }) {
          if (isLost && operation === "listTagResources") throw providerError("transient");
        },
        after(call) {
          if (!isWrite(call)) return;
          isLost = true;
          throw providerError("transient", { ambiguous: true });
        },
      },
    });
    expect(await world.change({ team: undefined }, { seconds: 30 })).toEqual([["failed", "Test.transient"]]);
    expect(world.journal).toMatchObject([{ key: "team", before: "web", unconfirmed: true }]);
    isLost = false;
    expect((await world.takeBack()).tags).toMatchObject([{ outcome: "unconfirmed" }]);
  });
});

test("whatever is set and unset, undo leaves all as it was", async () => {
  const value = fc.constantFrom("moon", "prod", "x y");
  const tags = fc.dictionary(fc.constantFrom("env", "owner", "team"), value, { noNullPrototype: true });
  const wanted = fc.dictionary(fc.constantFrom("env", "owner", "team"), fc.option(value, { nil: undefined }), {
    minKeys: 1,
    noNullPrototype: true,
  });
  const kind = fc.constantFrom(group, user, instance);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kind, tags), { minLength: 1, maxLength: 30 }), wanted, async (some, change) => {
      const resources = some.map(([make, before], index) => make(`r${index}`, before));
      const world = changingWorld({ resources });
      const endings = await world.change(change);
      expect(endings.every(([outcome]) => outcome === "done" || outcome === "already")).toBe(true);
      const after = Object.fromEntries(Object.entries(change).filter(([, to]) => to !== undefined));
      for (const { id } of resources) expect(world.tagsOf(id)).toMatchObject(after);
      expect(endings.filter(([outcome]) => outcome === "done")).toHaveLength(world.journal.length);
      const { tags: undone } = await world.takeBack();
      expect(undone.every(({ outcome }) => outcome === "removed" || outcome === "restored")).toBe(true);
      for (const [index, { id }] of resources.entries()) expect(world.tagsOf(id)).toEqual(some[index]?.[1]);
    }),
    { numRuns: 40 },
  );
});
