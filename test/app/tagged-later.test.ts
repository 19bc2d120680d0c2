import { describe, expect, test } from "vitest";
import { changeTags } from "../../lib/app/change/change-tags.ts";
import { undo } from "../../lib/app/change/undo.ts";
import { createRegistry, createRouter } from "../../lib/app/cloud/route.ts";
import { enforceTags } from "../../lib/app/enforce/enforce-tags.ts";
import { enforceUntilFinal } from "../../lib/app/enforce/until-final.ts";
import type { TagProvider } from "../../lib/app/ports/provider.ts";
import { callNameOf } from "../../lib/core/contract.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { TagChange } from "../../lib/core/tag-change.ts";
import { genericContract } from "../../lib/providers/huawei/generic/contract.ts";
import type { MemoryResource } from "../../lib/providers/memory.ts";
import { created, createWorld, messagesOf, outcomesOf, tags } from "./enforce-world.ts";

// Some services say that a write succeeded before they have done it.

const place = { region: "cn-north-4", tags: tags({}) };
const CLUSTER: MemoryResource = { ...place, type: "huawei:mrs:mrs", id: "c-1" };
const SERVER: MemoryResource = { ...place, type: "huawei:ecs:cloudservers", id: "s-1" };
const both = { env: "dev", owner: "alice" };

/** A world whose clusters are tagged so many milliseconds after the call was answered; never where that is Infinity. */
function worldOf(delayMs: number, doneInMs?: number) {
  const world = createWorld({
    resources: [CLUSTER, SERVER],
    contracts: [genericContract],
    account: { types: ["huawei:*"] },
  });
  const { clock, huawei } = world;
  const later: { readonly at: number; readonly land: () => Promise<unknown> }[] = [];
  const sent: string[] = [];
  async function land() {
    for (const one of later.splice(0)) {
      if (one.at <= clock.now()) await one.land();
      else later.push(one);
    }
  }
  /** The clusters of a batch are written by and by. */
  const slowly = <Batch extends { readonly resourceIds: readonly string[] }>(
    batch: Batch,
    write: (part: Batch) => Promise<Awaited<ReturnType<TagProvider["tagResources"]>>>,
  ) => {
    const name = callNameOf({ ...CLUSTER, account: huawei.account }, genericContract);
    sent.push(...batch.resourceIds);
    const part = (resourceIds: readonly string[]) => ({ ...batch, resourceIds });
    if (!batch.resourceIds.includes(name)) return write(batch);
    later.push({ at: clock.now() + delayMs, land: () => write(part([name])) });
    const others = batch.resourceIds.filter((id) => id !== name);
    const done = { requestId: "R", succeeded: batch.resourceIds, failed: new Map(), pending: new Set([name]) };
    const pending = { ...done, ...(doneInMs !== undefined && { doneInMs }) };
    return others.length === 0
      ? Promise.resolve(pending)
      : write(part(others)).then(({ failed }) => ({ ...pending, failed }));
  };
  const provider: TagProvider = {
    ...huawei,
    tagResources: (batch, options) => slowly(batch, (part) => huawei.tagResources(part, options)),
    untagResources: (batch, options) => slowly(batch, (part) => huawei.untagResources(part, options)),
    async listTagResources(query, token, options) {
      await land();
      return huawei.listTagResources(query, token, options);
    },
  };
  const registry = createRegistry([world.alibaba, provider, world.aws]);
  const journal: JournalEntry[] = [];
  const keep = async (entries: readonly JournalEntry[]) => void journal.push(...entries);
  const deps = { ...world.deps, registry, journal: keep };
  const writes = () => sent.filter((name) => name.endsWith("/c-1")).length;
  return { ...world, deps, journal, writes, land };
}

describe("what a service tags after its answer", () => {
  test("is journaled as written, and comes back with a code of its own, to be read", async () => {
    const world = worldOf(10_000);
    const { resources, actions } = await enforceTags(
      messagesOf([created(CLUSTER), created(SERVER)]),
      world.deps,
      world.deadline,
    );
    expect(outcomesOf(resources)).toEqual({ "c-1": "redelivered", "s-1": "tagged" });
    expect(resources[0]).toMatchObject({ code: "AsyncTagging", tags: [{ code: "AsyncTagging" }, {}] });
    expect(actions).toMatchObject([{ action: "send-again" }, { action: "acknowledge" }]);
    const [again] = actions;
    expect(again?.action === "send-again" && again.delaySeconds).toBeGreaterThanOrEqual(15);
    expect(world.journal.filter(({ id, unconfirmed }) => id === "c-1" && unconfirmed !== true)).toHaveLength(2);
    expect(world.writes()).toBe(1);

    world.clock.advance(15_000);
    const second = await enforceTags(messagesOf([created(CLUSTER)], 1), world.deps, world.deadline);
    expect(outcomesOf(second.resources)).toEqual({ "c-1": "compliant" });
    expect(world.writes()).toBe(1);
  });

  test("comes back when its cloud is said to have done it", async () => {
    const world = worldOf(10_000, 40_000);
    const { actions } = await enforceTags(messagesOf([created(CLUSTER)]), world.deps, world.deadline);
    const [again] = actions;
    expect(again?.action === "send-again" && again.delaySeconds).toBe(40);
  });

  test("ends as tagged for whoever waits for it, when a read has shown it", async () => {
    const world = worldOf(10_000);
    const [outcome] = await enforceUntilFinal([created(CLUSTER)], world.deps, { maxSeconds: 300 });
    expect(outcome).toMatchObject({ outcome: "tagged", tags: [{ key: "env", outcome: "tagged" }, {}] });
    expect(world.tagsOf("c-1")).toEqual(both);
    expect(world.writes()).toBe(1);
  });

  test("is never final where no read shows it", async () => {
    const world = worldOf(Infinity);
    const [outcome] = await enforceUntilFinal([created(CLUSTER)], world.deps, { maxSeconds: 40 });
    expect(outcome).toMatchObject({ outcome: "failed", code: "AsyncTagging" });
  });

  const changing = (world: ReturnType<typeof worldOf>, seconds: number) => {
    const endsAt = world.clock.now() + seconds * 1_000;
    const route = createRouter(world.deps.registry, world.deps.accounts);
    const deadline = { remainingMs: () => endsAt - world.clock.now() };
    return [
      { ...world.deps, route },
      { apply: true, deadline },
    ] as const;
  };
  const change = (to: string | undefined, onlyFrom?: TagChange["onlyFrom"]): TagChange => {
    const { type, account, region, id } = created(CLUSTER);
    return { ref: { type, account, region, id }, key: "env", to, ...(onlyFrom !== undefined && { onlyFrom }) };
  };

  test("is written once by a change that somebody asks for, and done when a read has shown it", async () => {
    const world = worldOf(10_000);
    const { endings } = await changeTags([change("dev")], ...changing(world, 300));
    expect(endings).toEqual([{ outcome: "done" }]);
    expect([world.tagsOf("c-1"), world.writes()]).toEqual([{ env: "dev" }, 1]);
  });

  test("has failed, after one call, where the time is up before a read shows it", async () => {
    const world = worldOf(Infinity);
    const { endings } = await changeTags([change("dev")], ...changing(world, 60));
    expect(endings).toMatchObject([{ outcome: "failed", code: "AsyncTagging" }]);
    expect(world.writes()).toBe(1);
  });

  test("is taken back by undo in the same way", async () => {
    const world = worldOf(10_000);
    await enforceUntilFinal([created(CLUSTER)], world.deps, { maxSeconds: 300 });
    const { tags: undone } = await undo(world.journal, ...changing(world, 300));
    expect(undone.map(({ outcome }) => outcome)).toEqual(["removed", "removed"]);
    expect([world.tagsOf("c-1"), world.writes()]).toEqual([{}, 2]);
  });

  test("isn't called done where somebody else has given it another value", async () => {
    const world = worldOf(10_000);
    const [deps, options] = changing(world, 300);
    const running = changeTags([change("dev", { value: undefined })], deps, {
      ...options,
      onWait: () => world.huawei.create({ ...CLUSTER, tags: tags({ env: "prod" }) }),
    });
    expect((await running).endings).toMatchObject([{ outcome: "differs", before: "prod" }]);
  });
});
