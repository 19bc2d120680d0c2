import { describe, expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { noteSeen } from "../../../lib/app/enforce/tell.ts";
import type { SeenLedger } from "../../../lib/app/ports/seen.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import type { ResourceOutcome } from "../../../lib/core/outcome.ts";
import type { ResourceRef } from "../../../lib/core/resource.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { AT, auditWorld, policies, quietLog, sleepingClock, written } from "../audit-world.ts";

const HOUR = 3_600_000;
const USER = { type: "huawei:iam:user", account: "d0001", region: "global" };
const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };

interface World {
  readonly seen: readonly ResourceRef[];
  readonly seenAt?: number;
  readonly resources?: { readonly huawei?: MemoryResource[]; readonly alibaba?: MemoryResource[] };
  /** Ids that no listing shows. */
  readonly hidden?: readonly string[];
  readonly readFails?: boolean;
  readonly ledger?: SeenLedger;
}

/** One audit of a world whose listings leave some out, with what events told of. */
async function audited({
  seen,
  seenAt = AT - HOUR,
  resources = {},
  hidden = [],
  readFails,
  ledger = memorySeen(2),
}: World) {
  await ledger.note(seen, seenAt);
  const { deps } = auditWorld({
    resources: { alibaba: [], huawei: [], ...resources },
    wrap: (provider) => ({
      ...provider,
      async listInventory(...asked) {
        const page = await provider.listInventory(...asked);
        return { ...page, resources: page.resources.filter(({ id }) => !hidden.includes(id)) };
      },
      async listTagResources(query, ...rest) {
        if (readFails === true && query.ids !== undefined) {
          throw new ProviderError({
            code: "Odd",
            kind: "resource-permanent",
            message: "",
            httpStatus: 400,
            requestId: "",
          });
        }
        return provider.listTagResources(query, ...rest);
      },
    }),
  });
  const all = { ...deps, seen: ledger, log: quietLog };
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, all);
  for (const message of deps.queue.shards.splice(0)) await auditShard(message, all, { remainingMs: () => Infinity });
  const publication = await publishReport("r1", all);
  if (publication.state !== "published") throw new Error(publication.state);
  const left = async ({ type, account, region }: ResourceRef) =>
    (await ledger.list({ type, account, region }, undefined)).resources.map(({ id }) => id);
  return { report: publication.report, evaluations: await written(deps.objects, "evaluations"), left };
}

const made = (ref: ResourceRef, tags: Record<string, string> = {}): MemoryResource => ({
  type: ref.type,
  region: ref.region,
  id: ref.id,
  tags: new Map(Object.entries(tags)),
});

describe("what events told of", () => {
  it("is evaluated once where listings show it too, and counts as known by both", async () => {
    const user = { ...USER, id: "u1" };
    const { report, evaluations } = await audited({ seen: [user], resources: { huawei: [made(user)] } });
    expect(evaluations.map(({ id }) => id)).toEqual(["u1"]);
    expect(report.coverage).toMatchObject({ inventory: 1, events: 1, onlyInventory: 0, onlyEvents: 0 });
  });

  it("is evaluated where no listing shows it and a read of it alone finds it", async () => {
    const user = { ...USER, id: "u1" };
    const { report, evaluations } = await audited({
      seen: [user],
      resources: { huawei: [made(user)] },
      hidden: ["u1"],
    });
    expect(evaluations).toMatchObject([{ id: "u1", compliance: "noncompliant" }]);
    expect(report.coverage).toMatchObject({ inventory: 0, events: 1, onlyEvents: 1 });
  });

  it("is evaluated where no listing shows it and a read of many finds tags on it", async () => {
    const group = { ...GROUP, id: "g1" };
    const there = made(group, { env: "prod", owner: "ann" });
    const { report, evaluations } = await audited({ seen: [group], resources: { alibaba: [there] }, hidden: ["g1"] });
    expect(evaluations).toMatchObject([{ id: "g1", compliance: "compliant" }]);
    expect(report.coverage).toMatchObject({ events: 1, tagListing: 1, onlyEvents: 0 });
  });

  it.each([
    { ...USER, id: "u1" },
    { ...GROUP, id: "g1" },
  ])("is dropped and forgotten where a read doesn't find it: $type", async (ref) => {
    const { report, evaluations, left } = await audited({ seen: [ref] });
    expect(evaluations).toEqual([]);
    expect(report.coverage).toMatchObject({ events: 0, gone: {} });
    expect(await left(ref)).toEqual([]);
  });

  it("is unknown, and kept, where its read fails", async () => {
    const group = { ...GROUP, id: "g1" };
    const { report, left } = await audited({ seen: [group], readFails: true });
    expect(report.evaluated).toMatchObject({ unknown: 1, noncompliant: 0 });
    expect(await left(group)).toEqual(["g1"]);
  });

  it("is left alone while listings may not show it yet", async () => {
    const group = { ...GROUP, id: "g1" };
    const { evaluations, left } = await audited({ seen: [group], seenAt: AT - 1_000 });
    expect(evaluations).toEqual([]);
    expect(await left(group)).toEqual(["g1"]);
  });

  it("costs the audit a note where the ledger can't be read, and nothing else", async () => {
    const user = { ...USER, id: "u1" };
    const ledger = { ...memorySeen(), list: () => Promise.reject(new Error("the table is away")) };
    const { report } = await audited({ seen: [], ledger, resources: { huawei: [made(user)] } });
    expect(report).toMatchObject({ resources: 1, complete: true });
    expect(report.coverage.notes.join()).toContain("the table is away");
  });
});

describe("noteSeen", () => {
  const outcome = (id: string, ended: ResourceOutcome["outcome"]): ResourceOutcome => ({
    ...USER,
    id,
    outcome: ended,
    tags: [],
  });
  const note = async (outcomes: readonly ResourceOutcome[], seen: SeenLedger, event?: object) => {
    const conclusions = outcomes.map((one) => ({
      resource: { ...one, tags: undefined, ...(event && { event }) },
      outcome: one,
    }));
    await noteSeen(conclusions, { seen, clock: sleepingClock() });
    return { ids: (await seen.list(USER, undefined)).resources.map(({ id }) => id).toSorted() };
  };

  it("keeps what has a final outcome, whichever, and forgets what is gone", async () => {
    const seen = memorySeen();
    await seen.note([{ ...USER, id: "was" }], AT - 1);
    const outcomes = [
      outcome("a", "tagged"),
      outcome("b", "failed"),
      outcome("c", "redelivered"),
      outcome("was", "gone"),
    ];
    expect((await note(outcomes, seen, {})).ids).toEqual(["a", "b"]);
  });

  it("keeps nothing that an audit has sent", async () => {
    expect((await note([outcome("a", "tagged")], memorySeen())).ids).toEqual([]);
  });

  it("rejects where it can't be kept: whoever calls it has to keep it elsewhere", async () => {
    const broken = { ...memorySeen(), note: () => Promise.reject(new Error("throttled")) };
    await expect(note([outcome("a", "tagged")], broken, {})).rejects.toThrow("throttled");
  });
});
