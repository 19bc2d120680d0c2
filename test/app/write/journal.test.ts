import { describe, expect, test } from "vitest";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { writeJournal } from "../../../lib/app/write/journal.ts";
import { openPairs } from "../../../lib/app/write/pairs.ts";
import type { JournalEntry } from "../../../lib/core/journal.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import {
  ALIBABA,
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

/** A world whose journal is kept in memory. */
function journalingWorld(options: WorldOptions) {
  const kept: JournalEntry[][] = [];
  const world = createWorld({
    ...options,
    deps: { journal: async (entries) => void kept.push([...entries]), ...options.deps },
  });
  const enforce = (seconds = 300) => {
    const event = { eventId: "e1", createdAt: "2026-11-22T09:00:00Z" };
    const messages = messagesOf((options.resources ?? []).map((one) => created(one, event)));
    const endsAt = world.clock.now() + seconds * 1_000;
    return enforceTags(messages, world.deps, { remainingMs: () => endsAt - world.clock.now() });
  };
  return { ...world, kept, enforce };
}

const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";
const short = ({ id, key, value, before, unconfirmed }: JournalEntry) =>
  [id, key, value, before, unconfirmed].filter((part) => part !== undefined);

describe("the journal says of each tag that was written", () => {
  test("where, what, why, by which call and when", async () => {
    const { kept, enforce, deps } = journalingWorld({ resources: [group("g1", { owner: "bob" })] });
    await enforce();
    expect(kept).toEqual([
      [
        {
          type: "alibaba:apigateway:apiGroup",
          account: ALIBABA,
          region: "cn-hangzhou",
          id: "g1",
          key: "env",
          value: "dev",
          policyHash: deps.policies.hash,
          eventId: "e1",
          requestId: "memory-2",
          at: "2026-11-22T12:00:00.000Z",
        },
      ],
    ]);
  });

  test("what it replaced, blank or invalid, and nothing where the key was absent", async () => {
    const resources = [group("g1", { env: "" }), group("g2", { env: "moon" }), group("g3")];
    const { kept, enforce } = journalingWorld({ policy: OVERWRITE, resources });
    await enforce();
    const lines = kept.flat().filter(({ key }) => key === "env");
    expect(lines.map(short)).toEqual([
      ["g1", "env", "dev", ""],
      ["g2", "env", "dev", "moon"],
      ["g3", "env", "dev"],
    ]);
  });

  test("what the last read before the call showed, not the first", async () => {
    let writes = 0;
    const world = journalingWorld({
      policy: OVERWRITE,
      resources: [group("g1", { env: "moon", owner: "bob" })],
      faults: {
        before(call) {
          if (!isWrite(call) || (writes += 1) > 1) return;
          world.alibaba.create(group("g1", { owner: "bob" }));
          world.clock.advance(11_000);
          throw providerError("transient");
        },
      },
    });
    await world.enforce();
    expect(world.kept.flat().map(short)).toEqual([["g1", "env", "dev"]]);
  });

  test("on all clouds, and not of those that were refused, gone or tagged already", async () => {
    const resources = [group("g1"), group("g2", { env: "prod", owner: "bob" }), user("u1"), instance("i-1")];
    const { kept, enforce, huawei } = journalingWorld({ resources });
    huawei.remove(user("u1"));
    await enforce();
    expect(kept.flat().map(({ id, key }) => `${id.split("/").at(-1)} ${key}`)).toEqual([
      "g1 env",
      "g1 owner",
      "i-1 env",
      "i-1 owner",
    ]);
  });
});

describe("a write whose answer was lost", () => {
  const losing = (when: "before" | "after", meanwhile: () => void = () => undefined) => {
    let writes = 0;
    const lose = (call: MemoryCall) => {
      if (!isWrite(call) || (writes += 1) > 1) return;
      meanwhile();
      throw providerError("transient", { ambiguous: true });
    };
    return when === "before" ? { before: lose } : { after: lose };
  };

  test("is ours where a read shows our value, without the id of a request", async () => {
    const { kept, enforce } = journalingWorld({ resources: [group("g1", { owner: "bob" })], faults: losing("after") });
    await enforce();
    expect(kept.flat()).toMatchObject([{ id: "g1", key: "env", value: "dev" }]);
    expect(kept.flat()[0]).not.toHaveProperty("requestId");
    expect(kept.flat()[0]).not.toHaveProperty("unconfirmed");
  });

  test("is unconfirmed where a read shows somebody's value, since our late call may still replace it", async () => {
    const faults = losing("before", () => world.alibaba.create(group("g1", { env: "prod", owner: "bob" })));
    const world = journalingWorld({ resources: [group("g1", { owner: "bob" })], faults });
    await world.enforce();
    expect(world.kept.flat().map(short)).toEqual([["g1", "env", "dev", true]]);
    expect(world.tagsOf("g1")).toEqual({ env: "prod", owner: "bob" });
  });

  test("is unconfirmed where nothing can be read any more", async () => {
    const faults = {
      after(call: MemoryCall) {
        if (isWrite(call)) throw providerError("transient", { ambiguous: true, retryAfterMs: 60_000 });
      },
    };
    const { kept, enforce } = journalingWorld({ resources: [group("g1", { owner: "bob" })], faults });
    const { actions } = await enforce(30);
    expect(kept.flat().map(short)).toEqual([["g1", "env", "dev", true]]);
    expect(actions.map(({ action }) => action)).not.toContain("acknowledge");
  });
});

test("a write is not called unconfirmed while its call may still be answered, though another batch of its resource ends", async () => {
  const { deps } = createWorld();
  const ref = created(group("g1"));
  const route = createRouter(deps.registry, deps.accounts)(ref);
  if ("problem" in route) return expect.fail(route.problem);
  const tags = new Map([
    ["env", "dev"],
    ["owner", "bob"],
  ]);
  const pairs = openPairs([{ ref, route, reading: { kind: "known", tags: new Map(), readAt: 0 }, tags }]);
  const kept: JournalEntry[] = [];
  const keep = async (entries: readonly JournalEntry[]) => void kept.push(...entries);
  const journal = writeJournal({ ...deps, policyHash: "p", resources: new Map(), keep });
  const entries = [...pairs.entries.values()];
  const end = (key: string) => {
    const batch = { ...ref, resourceIds: [ref.id], tags: new Map([[key, tags.get(key) ?? ""]]) };
    pairs.end(batch, [ref.id], (_, value) => ({ kind: "written", value, at: 0, requestId: `of ${key}` }));
  };
  const owner = entries[0]?.pairs.get("owner") ?? expect.fail();
  owner.maybeWritten = true;
  end("env");
  await journal.note(entries);
  end("owner");
  await journal.end(entries);
  expect(kept.map(({ key, requestId, unconfirmed }) => [key, requestId, unconfirmed])).toEqual([
    ["env", "of env", undefined],
    ["owner", "of owner", undefined],
  ]);
});

describe("keeping it", () => {
  test("fails: all messages come back, and the second delivery is harmless", async () => {
    const failing = async () => Promise.reject(new Error("the bucket is gone"));
    const world = journalingWorld({ resources: [group("g1")], deps: { journal: failing } });
    await expect(world.enforce()).rejects.toThrow("the bucket is gone");
    const again = await enforceTags(messagesOf([created(group("g1"))]), { ...world.deps }, world.deadline);
    expect(again.resources).toMatchObject([{ outcome: "compliant" }]);
  });

  test("comes before the outcomes are recorded", async () => {
    const order: string[] = [];
    const { enforce } = journalingWorld({
      resources: [group("g1")],
      deps: { journal: async () => void order.push("journal"), record: async () => void order.push("record") },
    });
    await enforce();
    expect(order).toEqual(["journal", "record"]);
  });

  test("is not asked for where nothing was written", async () => {
    const { kept, enforce } = journalingWorld({ resources: [group("g1", { env: "dev", owner: "bob" })] });
    await enforce();
    expect(kept).toEqual([]);
  });

  const crowd = Array.from({ length: 2_500 }, (_, index) => group(`g${index}`));

  test("happens on the way where thousands are written, each of them once", async () => {
    const { kept, enforce } = journalingWorld({ resources: crowd, account: { writesPerHour: 10_000 } });
    await enforce();
    expect(kept.length).toBeGreaterThan(1);
    const names = kept.flat().map(({ id, key }) => `${id} ${key}`);
    expect(names).toHaveLength(5_000);
    expect(new Set(names).size).toBe(5_000);
  });

  test("that fails on the way is made up for at the end", async () => {
    let calls = 0;
    const kept: JournalEntry[] = [];
    const journal = async (entries: readonly JournalEntry[]) => {
      calls += 1;
      if (calls === 1) throw new Error("slow down");
      kept.push(...entries);
    };
    const { enforce, log } = journalingWorld({
      resources: crowd,
      account: { writesPerHour: 10_000 },
      deps: { journal },
    });
    await enforce();
    expect(new Set(kept.map(({ id, key }) => `${id} ${key}`)).size).toBe(5_000);
    expect(kept).toHaveLength(5_000);
    expect(log.filter(({ message }) => message.startsWith("the journal could not be written"))).toHaveLength(1);
  });

  test("that fails loses none of hundreds of thousands", async () => {
    const { deps } = createWorld();
    const ref = created(group("g1"));
    const route = createRouter(deps.registry, deps.accounts)(ref);
    if ("problem" in route) return expect.fail(route.problem);
    const tags = new Map(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, "x"]));
    const pairs = openPairs([{ ref, route, reading: { kind: "known", tags: new Map(), readAt: 0 }, tags }]);
    const batch = { ...ref, resourceIds: [ref.id], tags };
    pairs.end(batch, [ref.id], (_, value) => ({ kind: "written", value, at: 0 }));
    let calls = 0;
    let kept = 0;
    const keep = async (entries: readonly JournalEntry[]) => {
      calls += 1;
      if (calls === 1) throw new Error("slow down");
      kept += entries.length;
    };
    const journal = writeJournal({ ...deps, policyHash: "p", resources: new Map(), keep });
    await journal.note([...pairs.entries.values()]);
    await journal.end(pairs.entries.values());
    expect({ calls, kept }).toEqual({ calls: 2, kept: 200_000 });
  });
});
