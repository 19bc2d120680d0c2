import { describe, expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import type { Deadline } from "../../../lib/app/ports/invocation.ts";
import type { InventoryResource, TagProvider } from "../../../lib/app/ports/provider.ts";
import type { Summary } from "../../../lib/core/report/summary.ts";
import { AT, auditWorld, policies, resource, written } from "../audit-world.ts";

const NO_HURRY: Deadline = { remainingMs: () => Infinity };
const GROUP = "alibaba:apigateway:apiGroup";
const PAGE = 50;

/** An inventory that pages by number and whose order, and total, may differ from one listing and page to the next. */
type Order = (listing: number, page: number) => { readonly ids: readonly string[]; readonly total?: number };

async function started(count: number, order: Order) {
  const groups = Array.from({ length: count }, (_, n) => resource(GROUP, "cn-hangzhou", n));
  const asked: number[] = [];
  let listing = 0;
  const numbered = (provider: TagProvider): TagProvider => ({
    ...provider,
    async listInventory(region, type, token) {
      if (type !== GROUP) return provider.listInventory(region, type, token);
      if (token === undefined) listing += 1;
      const page = Number(token ?? 0);
      asked.push(page);
      const { ids, total = ids.length } = order(listing, page);
      const resources = ids.slice(page * PAGE, (page + 1) * PAGE).map((id): InventoryResource => ({ type, id }));
      return { resources, total, ...((page + 1) * PAGE < total && { nextToken: String(page + 1) }) };
    },
  });
  const world = auditWorld({ resources: { alibaba: groups }, wrap: numbered });
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, world.deps);
  const message = world.deps.queue.shards
    .splice(0)
    .find(({ shard }) => shard.id === "alibaba.111122223333.cn-hangzhou.apigateway");
  if (message === undefined) throw new Error("the shard of the groups is missing");
  return { ...world, message, asked, ids: groups.map(({ id }) => id), listings: () => listing };
}

async function audited(world: Awaited<ReturnType<typeof started>>) {
  await auditShard(world.message, world.deps, NO_HURRY);
  const { objects } = world.deps;
  const [name = ""] = await objects.list("summaries/");
  const { summary } = JSON.parse(new TextDecoder().decode(await objects.get(name))) as { summary: Summary };
  return { gaps: summary.gaps, ids: (await written(objects, "evaluations")).map(({ id }) => id).toSorted() };
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `apiGroup-${n}`);
/** The last row was changed, and now stands first. */
const lastFirst = (all: readonly string[]) => [...all.slice(-1), ...all.slice(0, -1)];

describe("a numbered inventory whose rows change places", () => {
  it("is listed again where a row jumped over the page that was next", async () => {
    const world = await started(120, (listing, page) => ({
      ids: listing === 1 && page > 0 ? lastFirst(ids(120)) : ids(120),
    }));
    const { gaps, ids: seen } = await audited(world);
    expect(world.listings()).toBe(2);
    expect(seen).toEqual(ids(120).toSorted());
    expect(gaps).toEqual([]);
  });

  it("is not listed again where it showed as many resources as it counts", async () => {
    const world = await started(120, () => ({ ids: ids(120) }));
    await audited(world);
    expect(world.asked).toEqual([0, 1, 2]);
  });

  it("is a gap that says how many are missing where it keeps showing too few, and keeps what it showed", async () => {
    const world = await started(120, (_, page) => ({ ids: page > 0 ? lastFirst(ids(120)) : ids(120) }));
    const { gaps, ids: seen } = await audited(world);
    expect(world.listings()).toBe(4);
    expect(gaps).toEqual([
      {
        shard: world.message.shard.id,
        type: GROUP,
        reason: "IncompleteListing: the provider counts 120 resources and its listing showed 119, after 3 repetitions",
      },
    ]);
    expect(seen).toEqual(ids(119).toSorted());
  });

  it("is listed again where a deletion hides that a row jumped", async () => {
    const rest = ids(120).slice(1);
    const world = await started(120, (listing, page) =>
      listing > 1 ? { ids: rest } : page === 0 ? { ids: ids(120) } : { ids: lastFirst(ids(120)), total: 119 },
    );
    const { gaps, ids: seen } = await audited(world);
    expect(world.listings()).toBe(2);
    expect(seen).toEqual(rest.toSorted());
    expect(gaps).toEqual([]);
  });

  it("is complete in the end where resources are only ever deleted", async () => {
    const world = await started(120, (_, page) => ({ ids: ids(120 - page) }));
    expect((await audited(world)).gaps).toEqual([]);
  });
});

describe("a listing that goes round in a circle longer than an invocation", () => {
  it("is a gap after a bounded number of invocations", async () => {
    const circle = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(_region, type, token) {
        const next = (Number(token ?? 0) + 1) % 40;
        await deps.clock.sleep(1_000);
        return { resources: [{ type, id: `g${next}` }], nextToken: String(next) };
      },
    });
    const { deps } = auditWorld({ resources: { alibaba: [] }, wrap: circle });
    await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
    let message: ShardMessage | undefined = deps.queue.shards.splice(0)[0];
    const types = message?.shard.types.length ?? 0;
    let invocations = 0;
    while (message !== undefined && invocations < 1_000) {
      invocations += 1;
      const end = deps.clock.now() + 7_000;
      await auditShard(message, { ...deps, reserveMs: 0 }, { remainingMs: () => end - deps.clock.now() });
      message = deps.queue.shards.shift();
    }
    expect(invocations).toBeLessThan((types * 3 * 41) / 7 + types);
    const [name = ""] = await deps.objects.list("summaries/");
    const { summary } = JSON.parse(new TextDecoder().decode(await deps.objects.get(name))) as { summary: Summary };
    expect(summary.gaps).toHaveLength(types);
    expect(summary.gaps[0]?.reason).toMatch(/^RepeatedToken: /u);
  });
});

it("goes on past a thousand pages in a row of rows that are nobody's resources here, as of a view that spans accounts", async () => {
  const others = (provider: TagProvider): TagProvider => ({
    ...provider,
    async listInventory(region, type, token) {
      const at = Number(token ?? 0);
      if (at < 1_500) return { resources: [], rowCount: 100, nextToken: String(at + 1) };
      return provider.listInventory(region, type, undefined);
    },
  });
  const { deps } = auditWorld({ resources: { alibaba: [] }, wrap: others });
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
  for (let message = deps.queue.shards.shift(); message !== undefined; message = deps.queue.shards.shift()) {
    await auditShard(message, deps, { remainingMs: () => 1e9 });
  }
  const [name = ""] = await deps.objects.list("summaries/");
  const { summary } = JSON.parse(new TextDecoder().decode(await deps.objects.get(name))) as { summary: Summary };
  expect(summary.gaps).toEqual([]);
});

describe("a listing of empty pages without end, each with a new token", () => {
  it("is a gap after a thousand of them, however many invocations that takes", async () => {
    const asked: string[] = [];
    const empty = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(_region, type) {
        await deps.clock.sleep(1_000);
        asked.push(type);
        return { resources: [], nextToken: String(asked.length) };
      },
    });
    const { deps } = auditWorld({ resources: { alibaba: [] }, wrap: empty });
    await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
    let message: ShardMessage | undefined = deps.queue.shards.splice(0)[0];
    const types = message?.shard.types.length ?? 0;
    while (message !== undefined && asked.length < 10_000) {
      const end = deps.clock.now() + 300_000;
      await auditShard(message, { ...deps, reserveMs: 0 }, { remainingMs: () => end - deps.clock.now() });
      message = deps.queue.shards.shift();
    }
    expect(asked.length).toBeLessThanOrEqual(types * 1_001);
    const [name = ""] = await deps.objects.list("summaries/");
    const { summary } = JSON.parse(new TextDecoder().decode(await deps.objects.get(name))) as { summary: Summary };
    expect(summary.gaps).toHaveLength(types);
    expect(summary.gaps[0]?.reason).toMatch(/^IdleListing: /u);
  });
});
