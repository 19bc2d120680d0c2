import { describe, expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { failShard } from "../../../lib/app/audit/finish.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { OutOfTimeError } from "../../../lib/app/cloud/call.ts";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import type { Deadline } from "../../../lib/app/ports/invocation.ts";
import type { TagProvider } from "../../../lib/app/ports/provider.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { AT, auditWorld, keyOf, policies, resource, truth, written } from "../audit-world.ts";
import type { WorldOptions } from "../audit-world.ts";

const NO_HURRY: Deadline = { remainingMs: () => Infinity };
const start = { run: "r1", startedAt: AT, at: AT, policyHash: policies.hash };
const GROUP = "alibaba:apigateway:apiGroup";

/** One account with groups in one region; its first shard is the one that holds them. */
const groups = (count: number) => ({
  alibaba: Array.from({ length: count }, (_, number) => resource(GROUP, "cn-hangzhou", number)),
});

async function started(options: WorldOptions) {
  const world = auditWorld(options);
  await startAudit(start, world.deps);
  const messages = world.deps.queue.shards.splice(0);
  const message = messages.find(({ shard }) => shard.id === "alibaba.111122223333.cn-hangzhou.apigateway");
  if (message === undefined) throw new Error("the shard of the groups is missing");
  return { ...world, messages, message };
}

/** Time for this many API calls, however long they take. */
function callsLeft(world: Pick<ReturnType<typeof auditWorld>, "providers">, count: number): Deadline {
  const made = () =>
    world.providers.flatMap((provider) => Object.values(provider.calls())).reduce((sum, calls) => sum + calls, 0);
  const end = made() + count;
  return { remainingMs: () => (made() < end ? 1_000_000 : 0) };
}

async function summaryOf({ deps }: Pick<ReturnType<typeof auditWorld>, "deps">, message: ShardMessage) {
  await failOthers(message, deps);
  const publication = await publishReport(message.run, deps);
  if (publication.state !== "published") throw new Error(publication.state);
  return publication.report;
}

async function failOthers(message: ShardMessage, deps: ReturnType<typeof auditWorld>["deps"]) {
  const { plan, results } = (await deps.runs.read(message.run)) ?? { plan: { shards: [] }, results: new Map() };
  for (const id of plan.shards) {
    if (results.has(id)) continue;
    await failShard({ ...message, shard: { ...message.shard, id } }, "left out of this test", deps);
  }
}

describe("auditShard", () => {
  it.each([1, 2, 5, 17])("resumes after every %i calls without losing or doubling a resource", async (calls) => {
    const world = await started({ resources: groups(730) });
    const undisturbed = await started({ resources: groups(730) });
    await auditShard(undisturbed.message, undisturbed.deps, NO_HURRY);

    const deps = { ...world.deps, reserveMs: 0, sizes: { window: 50, sightingsHeld: 120 } };
    let message: ShardMessage | undefined = world.message;
    let handedOn = 0;
    while (message !== undefined) {
      const end: string = await auditShard(message, deps, callsLeft(world, calls + 9));
      if (end === "handed-on") handedOn += 1;
      message = world.deps.queue.shards.shift();
    }
    expect(handedOn).toBeGreaterThan(1);
    const lines = (await written(deps.objects, "evaluations")).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(lines).toEqual(await written(undisturbed.deps.objects, "evaluations"));
    const report = await summaryOf(world, world.message);
    expect(report.resources).toBe(730);
    expect(report.calls).toEqual(world.providers[0]?.calls());
  });

  it("gets through a window that takes longer than an invocation, and evaluates each resource once", async () => {
    const huawei = Array.from({ length: 60 }, (_, n) => resource("huawei:apig:instance", "cn-north-4", n));
    const world = await started({ resources: { huawei, ...groups(0) } });
    let message = world.messages.find(({ shard }) => shard.types.includes("huawei:apig:instance"));
    let invocations = 0;
    for (; message !== undefined && invocations < 60; message = world.deps.queue.shards.shift()) {
      await auditShard(message, { ...world.deps, reserveMs: 0 }, callsLeft(world, 7));
      invocations += 1;
    }
    expect(invocations).toBeGreaterThan(5);
    const lines = await written(world.deps.objects, "evaluations");
    expect(lines.map(({ id }) => id)).toEqual(huawei.map(({ id }) => id).toSorted());
  });

  it("leaves its message alone where the time doesn't suffice for a single step", async () => {
    const world = await started({ resources: groups(10) });
    await expect(auditShard(world.message, world.deps, { remainingMs: () => 10 })).rejects.toThrow(OutOfTimeError);
    expect(world.deps.queue.shards).toEqual([]);
  });

  it("hands on nothing that a message that comes twice could double", async () => {
    const world = await started({ resources: groups(300) });
    const deps = { ...world.deps, reserveMs: 0, sizes: { window: 50 } };
    await auditShard(world.message, deps, callsLeft(world, 11));
    await auditShard(world.message, deps, callsLeft(world, 14));
    const { shards } = world.deps.queue;
    expect(shards).toHaveLength(2);
    for (const message of shards.splice(0)) await auditShard(message, deps, NO_HURRY);
    const lines = await written(deps.objects, "evaluations");
    expect(lines.map(keyOf).toSorted()).toEqual([...truth(world.providers).keys()].toSorted());
    expect((await summaryOf(world, world.message)).resources).toBe(300);
  });

  it("fails a listing whose token repeats, and reports none of the type", async () => {
    const repeating = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(region, type, token) {
        const page = await provider.listInventory(region, type, token?.replace("again ", ""));
        return type === GROUP ? { ...page, nextToken: "again 50 alibaba:apigateway:apiGroup cn-hangzhou" } : page;
      },
    });
    const world = await started({ resources: groups(200), wrap: repeating });
    await auditShard(world.message, world.deps, NO_HURRY);
    const report = await summaryOf(world, world.message);
    expect(report.resources).toBe(0);
    expect(report.gaps.find(({ type }) => type === GROUP)?.reason).toMatch(/^RepeatedToken: /u);
  });

  it("goes on after a page that is short or empty but not the last", async () => {
    const holey = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(region, type, token) {
        if (token === undefined) return { resources: [], nextToken: "after nothing" };
        const real = token === "after nothing" ? undefined : token.replace(/^rest /u, "");
        const page = await provider.listInventory(region, type, real);
        return { ...page, ...(page.nextToken !== undefined && { nextToken: `rest ${page.nextToken}` }) };
      },
      async listTagResources(query, token) {
        if (token === undefined) return { rows: [], rowCount: 0, nextToken: "after nothing" };
        const real = token === "after nothing" ? undefined : token.replace(/^rest /u, "");
        const page = await provider.listTagResources(query, real);
        return { ...page, ...(page.nextToken !== undefined && { nextToken: `rest ${page.nextToken}` }) };
      },
    });
    const world = await started({ resources: groups(120), wrap: holey });
    await auditShard(world.message, world.deps, NO_HURRY);
    const expected = truth(world.providers);
    const lines = await written(world.deps.objects, "evaluations");
    expect(lines).toHaveLength(120);
    for (const line of lines) expect(line).toEqual(expected.get(keyOf(line)));
  });

  it("judges a resource by all of its rows where they are split over pages", async () => {
    const tags = new Map(Array.from({ length: 18 }, (_, n): [string, string] => [`extra-${n}`, "x"]));
    const last = (n: number) => new Map([...tags, ["env", "prod"], ["owner", `o${n}`]]);
    // 20 rows each: every third resource has its rows on two pages, and its required tags on the second.
    const alibaba = Array.from({ length: 50 }, (_, n) => ({ ...resource(GROUP, "cn-hangzhou", n), tags: last(n) }));
    const world = await started({ resources: { alibaba } });
    await auditShard(world.message, world.deps, NO_HURRY);
    const lines = await written(world.deps.objects, "evaluations");
    expect(lines.map(({ compliance }) => compliance)).toEqual(Array.from({ length: 50 }, () => "compliant"));
  });

  it("starts a listing again when its token has expired, and counts no resource twice", async () => {
    let expiries = 0;
    const expiring = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(region, type, token) {
        if (token !== undefined && token.startsWith("100") && expiries === 0) {
          expiries += 1;
          throw new ProviderError({
            code: "Invalid.NextToken",
            kind: "request",
            message: "",
            httpStatus: 400,
            requestId: "",
          });
        }
        return provider.listInventory(region, type, token);
      },
    });
    const world = await started({ resources: groups(230), wrap: expiring });
    await auditShard(world.message, world.deps, NO_HURRY);
    expect(expiries).toBe(1);
    const report = await summaryOf(world, world.message);
    expect(report.resources).toBe(230);
    expect(report.gaps.some(({ shard }) => shard === world.message.shard.id)).toBe(false);
  });

  it("names a listing as a gap whose token is refused again and again", async () => {
    const expired = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(region, type, token) {
        if (token === undefined) return provider.listInventory(region, type, token);
        throw new ProviderError({
          code: "Invalid.NextToken",
          kind: "request",
          message: "no",
          httpStatus: 400,
          requestId: "",
        });
      },
    });
    const world = await started({ resources: groups(230), wrap: expired });
    await auditShard(world.message, world.deps, NO_HURRY);
    const report = await summaryOf(world, world.message);
    expect(report.gaps.find(({ type }) => type === GROUP)?.reason).toBe("Invalid.NextToken: no");
    expect(report.resources).toBe(0);
  });

  it("counts a resource once that two pages of a drifting inventory both show", async () => {
    const drifting = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listInventory(region, type, token) {
        const page = await provider.listInventory(region, type, token);
        const [first] = (await provider.listInventory(region, type, undefined)).resources;
        return token === undefined || first === undefined ? page : { ...page, resources: [...page.resources, first] };
      },
    });
    const world = await started({ resources: groups(230), wrap: drifting });
    await auditShard(world.message, world.deps, NO_HURRY);
    expect(await written(world.deps.objects, "evaluations")).toHaveLength(230);
  });

  it("throws where a retry may help, so that its message comes again and does it", async () => {
    let down = true;
    const faults = {
      before: () => {
        if (down)
          throw new ProviderError({ code: "Down", kind: "transient", message: "", httpStatus: 503, requestId: "" });
      },
    };
    const world = await started({ resources: groups(60), faults });
    await expect(auditShard(world.message, world.deps, NO_HURRY)).rejects.toThrow(ProviderError);
    down = false;
    expect(await auditShard(world.message, world.deps, NO_HURRY)).toBe("done");
    expect(await written(world.deps.objects, "evaluations")).toHaveLength(60);
  });

  it.each(["listInventory", "listTagResources"] as const)(
    "takes nothing for final that %s is refused for and no table knows: a gap, or unknown, and never gone",
    async (operation) => {
      const faults = {
        before(call: MemoryCall) {
          if (call.operation !== operation || call.type !== GROUP) return;
          throw new ProviderError({ code: "Odd", kind: "unknown", message: "odd", httpStatus: 404, requestId: "" });
        },
      };
      const world = await started({ resources: groups(20), faults });
      await auditShard(world.message, world.deps, NO_HURRY);
      const lines = await written(world.deps.objects, "evaluations");
      const report = await summaryOf(world, world.message);
      if (operation === "listInventory") {
        expect(report.gaps.find(({ type }) => type === GROUP)?.reason).toBe("Odd: odd");
        expect(lines).toEqual([]);
      } else {
        expect(lines.map(({ compliance }) => compliance)).toEqual(Array.from({ length: 20 }, () => "unknown"));
        expect(report.coverage.gone).toEqual({});
      }
    },
  );

  it("leaves one resource unknown whose read meets a defect of ours, and no other", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (call.resourceIds.includes("apiGroup-7")) throw new TypeError("a bug");
      },
    };
    const world = await started({ resources: groups(20), faults });
    expect(await auditShard(world.message, world.deps, NO_HURRY)).toBe("done");
    const lines = await written(world.deps.objects, "evaluations");
    expect(lines).toHaveLength(20);
    expect(lines.filter(({ compliance }) => compliance === "unknown").map(({ id }) => id)).toEqual(["apiGroup-7"]);
  });

  it.each([
    [[7], "resource-permanent", 10],
    [[7], "not-found", 10],
    [[7], "unknown", 10],
    [[7, 31], "unknown", 15],
    [[3, 20, 33, 41, 44], "unknown", 31],
    [[...Array(50).keys()], "unknown", 15],
  ] as const)(
    "reads around %j of 50 resources that are refused (%s), in %i calls or less",
    async (bad, kind, calls) => {
      const faults = {
        before({ operation, resourceIds }: MemoryCall) {
          if (operation !== "listTagResources" || !bad.some((n) => resourceIds.includes(`apiGroup-${n}`))) return;
          throw new ProviderError({ code: "Odd", kind, message: "odd", httpStatus: 400, requestId: "" });
        },
      };
      const ids = Array.from({ length: 50 }, (_, n) => ({ ...resource(GROUP, "cn-hangzhou", 0), id: `apiGroup-${n}` }));
      const world = await started({ resources: { alibaba: ids }, faults });
      await auditShard(world.message, world.deps, NO_HURRY);
      const known = (await written(world.deps.objects, "evaluations")).filter((one) => one.compliance !== "unknown");
      expect(known).toHaveLength(50 - bad.length);
      expect(world.providers[0]?.calls()["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(calls);
    },
  );

  it("leaves for the next invocation what it had no time to tell from a resource whose read is refused", async () => {
    const faults = {
      before(call: MemoryCall) {
        if (call.operation !== "listTagResources" || !call.resourceIds.includes("apiGroup-7")) return;
        throw new ProviderError({ code: "Odd", kind: "unknown", message: "odd", httpStatus: 400, requestId: "" });
      },
    };
    const world = await started({ resources: groups(120), faults });
    const deps = { ...world.deps, reserveMs: 0 };
    let message: ShardMessage | undefined = world.message;
    let handedOn = 0;
    while (message !== undefined) {
      if ((await auditShard(message, deps, callsLeft(world, 20))) === "handed-on") handedOn += 1;
      message = world.deps.queue.shards.shift();
    }
    expect(handedOn).toBeGreaterThan(0);
    const lines = await written(deps.objects, "evaluations");
    expect(lines).toHaveLength(120);
    expect(lines.filter(({ compliance }) => compliance === "unknown").map(({ id }) => id)).toEqual(["apiGroup-7"]);
  });

  it("judges by the policies that its run started with", async () => {
    const world = await started({ resources: groups(3) });
    const asked: string[] = [];
    const deps = {
      ...world.deps,
      policies: async (hash: string) => {
        asked.push(hash);
        return policies;
      },
    };
    await auditShard(world.message, deps, NO_HURRY);
    expect(asked).toEqual([policies.hash]);
  });

  it("does nothing for a shard that another attempt has ended", async () => {
    const world = await started({ resources: groups(60) });
    await auditShard(world.message, world.deps, NO_HURRY);
    const calls = world.providers[0]?.calls();
    expect(await auditShard(world.message, world.deps, NO_HURRY)).toBe("already-done");
    expect(world.providers[0]?.calls()).toEqual(calls);
    expect(await written(world.deps.objects, "evaluations")).toHaveLength(60);
  });

  it("asks for the report when the last shard has ended, failed ones included", async () => {
    const world = await started({ resources: groups(10) });
    for (const message of world.messages) {
      expect(world.deps.queue.reports).toEqual([]);
      if (message === world.message) await auditShard(message, world.deps, NO_HURRY);
      else await failShard(message, "in the dead-letter queue", world.deps);
    }
    expect(world.deps.queue.reports).toEqual(["r1"]);
  });

  it("refuses a shard of an account that is not configured", async () => {
    const world = await started({ resources: groups(1) });
    const foreign = { ...world.message, shard: { ...world.message.shard, account: "999" } };
    await expect(auditShard(foreign, world.deps, NO_HURRY)).rejects.toThrow("account 999 of alibaba is not configured");
  });
});
