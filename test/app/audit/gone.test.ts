import { expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { Summary } from "../../../lib/core/report/summary.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { AT, auditWorld, policies, resource, written } from "../audit-world.ts";

const USER = "huawei:iam:user";
const users = Array.from({ length: 12 }, (_, n) => resource(USER, "global", n));
const removed = new Set(["user-2", "user-7", "user-9"]);

/** Audits twelve users, three of whom are deleted once they have been listed; `calls` per invocation. */
async function audited(calls: number) {
  const world = auditWorld({
    resources: { huawei: users },
    faults: {
      before({ operation, resourceIds: [id] }: MemoryCall) {
        if (operation !== "listTagResources" || id === undefined || !removed.has(id)) return;
        if (world.providers[0]?.state().some((one) => one.id === id)) {
          world.providers[0].remove({ type: USER, region: "global", id });
        }
      },
    },
  });
  const { deps } = world;
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
  const first = deps.queue.shards.splice(0).find(({ shard }) => shard.types.includes(USER));
  if (first === undefined) throw new Error("the shard of the users is missing");
  let invocations = 0;
  for (let message: typeof first | undefined = first; message !== undefined; message = deps.queue.shards.shift()) {
    const made = () => Object.values(world.providers[0]?.calls() ?? {}).reduce((sum, n) => sum + n, 0);
    const end = made() + calls;
    invocations += 1;
    const sizes = { window: 2 };
    await auditShard(message, { ...deps, reserveMs: 0, sizes }, { remainingMs: () => (made() < end ? 1_000_000 : 0) });
  }
  const [name = ""] = await deps.objects.list("summaries/");
  const { summary } = JSON.parse(new TextDecoder().decode(await deps.objects.get(name))) as { summary: Summary };
  const [evaluations, findings] = [await written(deps.objects, "evaluations"), await written(deps.objects, "findings")];
  return { summary, evaluations, findings, invocations };
}

it.each([1_000, 4])(
  "a resource that is gone before it is read is counted, and no finding (%i calls)",
  async (calls) => {
    const { summary, evaluations, findings, invocations } = await audited(calls);
    expect(invocations > 2).toBe(calls === 4);
    expect(evaluations.map(({ id }) => id)).toEqual(
      users
        .map(({ id }) => id)
        .filter((id) => !removed.has(id))
        .toSorted(),
    );
    expect(findings.filter(({ compliance }) => compliance === "unknown")).toEqual([]);
    expect(summary.resources).toBe(9);
    expect(summary.readErrors).toEqual({});
    expect(summary.coverage.gone).toEqual({ [USER]: 3 });
    expect(summary.coverage.notes).toEqual([
      "huawei:iam:user in account d0001, global: 3 listed and gone when their tags were read, so not evaluated",
    ]);
  },
);
