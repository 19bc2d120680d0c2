import { describe, expect, it } from "vitest";
import { auditShard, type AuditShardDeps } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { parseEvent } from "../../../lib/events/parse.ts";
import { memoryEnforceQueue } from "../../../lib/sinks/sqs/memory-queues.ts";
import { AT, auditWorld, compile, quietLog } from "../audit-world.ts";

const TYPE = "alibaba:apigateway:apiGroup";
const SHARD = "alibaba.111122223333.cn-hangzhou.apigateway";

const policies = preparePolicies(
  compile(`
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: { fromTag: team } }
  cost-center: { default: CC-1 }
policies:
  - { name: nightly, match: { types: ["${TYPE}"] }, require: [env, owner], mode: enforce, repair: nightly }
  - { name: never, match: { types: ["alibaba:apigateway:*"] }, require: [cost-center], mode: enforce }
exemptions:
  - { match: { ids: ["shared-*"] }, reason: shared, expires: "2099-12-31" }
`),
);

interface Options {
  readonly deps?: Partial<AuditShardDeps>;
  readonly mode?: "enforce" | "report";
  readonly writesPerHour?: number;
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly denied?: boolean;
  readonly repair?: false;
}

/** One account with these groups, audited by one run; `deliver` brings the shard's message once. */
async function night({
  tags = { a: {} },
  mode = "enforce",
  writesPerHour = 2000,
  denied = false,
  repair,
  deps = {},
}: Options) {
  const resources = Object.entries(tags).map(([id, own]) => ({
    type: TYPE,
    region: "cn-hangzhou",
    id,
    tags: new Map(Object.entries(own)),
  }));
  const world = auditWorld({
    resources: { alibaba: resources },
    faults: {
      before({ action }) {
        if (!denied || !action.endsWith("ListTagResources")) return;
        throw new ProviderError({ code: "Denied", kind: "access", message: "no", httpStatus: 403, requestId: "" });
      },
    },
  });
  const enforceQueue = memoryEnforceQueue();
  const [account] = world.deps.config.accounts;
  if (account === undefined) throw new Error("no account");
  const config = { ...world.deps.config, accounts: [{ ...account, mode, writesPerHour }] };
  const all = { ...world.deps, config, policies: async () => policies, enforceQueue, ...deps };
  const start = { run: "r1", startedAt: AT, at: AT, policyHash: policies.hash, ...(repair === false && { repair }) };
  await startAudit(start, { ...all, log: quietLog });
  const messages = world.deps.queue.shards.splice(0);
  const message = messages.find(({ shard }) => shard.id === SHARD);
  if (message === undefined) throw new Error("no such shard");
  const deliver = (more: Partial<AuditShardDeps> = {}, remainingMs = Infinity) =>
    auditShard(message, { ...all, ...more }, { remainingMs: () => remainingMs });
  const others = messages.filter((one) => one !== message);
  const report = async () => {
    for (const other of others) await auditShard(other, all, { remainingMs: () => Infinity });
    const publication = await publishReport("r1", all);
    return publication.state === "published" ? publication.report : undefined;
  };
  const ids = () =>
    enforceQueue.bodies
      .flatMap((body) => {
        const event = parseEvent(body);
        return event.kind === "created" ? event.resources.map(({ id }) => id) : [];
      })
      .toSorted();
  return { deliver, report, ids, enforceQueue, queue: world.deps.queue, objects: all.objects };
}

describe("repair: nightly", () => {
  it("sends what enforcement would write for a policy that repairs, and nothing else", async () => {
    const { deliver, ids, report } = await night({
      tags: {
        "lacks-env": { owner: "ann", "cost-center": "CC-1" },
        "lacks-all": {},
        // No default fits: nobody could write it.
        "lacks-owner": { env: "prod", "cost-center": "CC-1" },
        // Another policy wants it, and that one doesn't repair.
        "lacks-cost-center": { env: "prod", owner: "ann" },
        fine: { env: "prod", owner: "ann", "cost-center": "CC-1" },
        "shared-1": {},
      },
    });
    expect(await deliver()).toBe("done");
    expect(ids()).toEqual(["lacks-all", "lacks-env"]);
    expect((await report())?.repairs).toEqual({ sent: 2, held: 0 });
  });

  it("sends each resource once, however often the shard's message comes", async () => {
    const { deliver, ids } = await night({});
    await deliver();
    expect(await deliver()).toBe("already-done");
    await deliver();
    expect(ids()).toEqual(["a"]);
  });

  it("loses none where two attempts at one shard overtake each other", async () => {
    const { deliver, ids } = await night({ tags: { a: {}, b: {} } });
    await Promise.all([deliver(), deliver()]);
    await deliver();
    expect(new Set(ids())).toEqual(new Set(["a", "b"]));
  });

  it("sends it by the next delivery where the queue refuses at first, and the report doesn't wait", async () => {
    const { deliver, ids, queue } = await night({});
    const refusing = { send: () => Promise.reject(new Error("SQS is away")) };
    await expect(deliver({ enforceQueue: refusing })).rejects.toThrow("SQS is away");
    expect(ids()).toEqual([]);
    await deliver();
    expect(ids()).toEqual(["a"]);
    expect(queue.shards).toEqual([]);
  });

  it("hands itself on where time is up before all is sent", async () => {
    const { deliver, ids, queue } = await night({});
    const refusing = { send: () => Promise.reject(new Error("SQS is away")) };
    await expect(deliver({ enforceQueue: refusing })).rejects.toThrow("SQS is away");
    expect(await deliver({}, 0)).toBe("handed-on");
    expect(queue.shards).toHaveLength(1);
    expect(ids()).toEqual([]);
  });

  it.each<[string, Options]>([
    ["in an account with mode: report", { mode: "report" }],
    ["where TAGWARDEN_MODE says report", { deps: { mode: "report" } }],
    ["in a run that only looks", { repair: false }],
  ])("sends nothing %s, and counts it", async (_, options) => {
    const { deliver, ids, report } = await night(options);
    await deliver();
    expect(ids()).toEqual([]);
    expect((await report())?.repairs).toEqual({ sent: 0, held: 1 });
  });

  it("never sends a resource whose tags are unknown", async () => {
    const { deliver, ids, report } = await night({ denied: true });
    await deliver();
    expect(ids()).toEqual([]);
    expect(await report()).toMatchObject({ repairs: { sent: 0, held: 0 }, evaluated: { unknown: 1 } });
  });

  it("sends no more than the half of the write cap that is for repairs lets through in a day", async () => {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`g${n}`, {}]));
    const { deliver, ids, report } = await night({ tags, writesPerHour: 2 });
    await deliver();
    expect(ids()).toHaveLength(24);
    expect((await report())?.repairs).toEqual({ sent: 24, held: 6 });
  });

  it("leaves nothing behind of what was sent", async () => {
    const { deliver, objects } = await night({});
    await deliver();
    expect(await objects.list("repairs/")).toEqual([]);
  });
});
