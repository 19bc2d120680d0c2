import { expect, test } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { failShard } from "../../../lib/app/audit/finish.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { Deadline } from "../../../lib/app/ports/invocation.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { AT, auditWorld, policies, resource, written } from "../audit-world.ts";

const NO_HURRY: Deadline = { remainingMs: () => Infinity };
const SHARD = "huawei.d0001.global.iam";

/** A run of which all shards have ended, the one of the users as `failed` says. */
async function ended({ failed = false } = {}) {
  const huawei = Array.from({ length: 4 }, (_, number) => resource("huawei:iam:user", "global", number));
  const world = auditWorld({ resources: { huawei } });
  const { deps } = world;
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
  for (const message of deps.queue.shards.splice(0)) {
    if (failed && message.shard.id === SHARD) await failShard(message, "given up", deps);
    else await auditShard(message, deps, NO_HURRY);
  }
  const late = (kind: "evaluations" | "findings") => deps.layout.part(kind, "r1", SHARD, "late-00001");
  for (const kind of ["evaluations", "findings"] as const) await deps.objects.put(late(kind), new Uint8Array([1]));
  return { deps, late };
}

test("what an attempt left that crashed after its shard had ended is gone when the report is published", async () => {
  const { deps, late } = await ended();
  expect((await publishReport("r1", deps)).state).toBe("published");
  for (const kind of ["evaluations", "findings"] as const) expect(await deps.objects.get(late(kind))).toBeUndefined();
  expect(await written(deps.objects, "evaluations")).toHaveLength(4);
});

test("of a shard that was given up no part is left", async () => {
  const { deps } = await ended({ failed: true });
  await publishReport("r1", deps);
  expect(await deps.objects.list("evaluations/")).toEqual([]);
  expect(await deps.objects.list("findings/")).toEqual([]);
});
