import { expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { TagProvider } from "../../../lib/app/ports/provider.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { AT, auditWorld, policies, written } from "../audit-world.ts";

const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4" };
const projectIn = (id: string): string => id.slice(0, id.indexOf("-"));

function refused(code: string): ProviderError {
  return new ProviderError({ code, kind: "access", message: "", httpStatus: 403, requestId: "" });
}

/** Gateways are called PROJECT-NAME, and are read through their own project only; `closed` lets nobody read. */
function withProjects(provider: TagProvider): TagProvider {
  return {
    ...provider,
    async listInventory(...asked) {
      const page = await provider.listInventory(...asked);
      return { ...page, resources: page.resources.map((one) => ({ ...one, project: projectIn(one.id) })) };
    },
    async listTagResources(query, ...rest) {
      if (query.type !== GATEWAY.type) return provider.listTagResources(query, ...rest);
      if (query.ids?.some((id) => projectIn(id) !== query.project)) throw refused("WrongProject");
      if (query.project === "closed") throw refused("AccessDenied");
      return provider.listTagResources(query, ...rest);
    },
  };
}

it("reads each resource through its project, keeps it in the evaluation, and lets no refusal touch another project's", async () => {
  const tags = new Map([["env", "prod"]]);
  const ids = ["closed-1", "closed-2", "open-1", "open-2", "other-1"];
  const { deps } = auditWorld({
    resources: { huawei: ids.map((id) => ({ type: GATEWAY.type, region: GATEWAY.region, id, tags })) },
    wrap: withProjects,
  });
  const seen = memorySeen();
  // Known by events alone, in a project that no listing shows.
  await seen.note([{ ...GATEWAY, project: "closed", id: "closed-unlisted" }], AT - 7_200_000);
  const all = { ...deps, seen };
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, all);
  for (const message of deps.queue.shards.splice(0)) await auditShard(message, all, { remainingMs: () => Infinity });
  const lines = await written(deps.objects, "evaluations");
  expect(lines.map(({ id, project, compliance }) => [id, project, compliance])).toEqual([
    ["closed-1", "closed", "unknown"],
    ["closed-2", "closed", "unknown"],
    ["closed-unlisted", "closed", "unknown"],
    ["open-1", "open", "noncompliant"],
    ["open-2", "open", "noncompliant"],
    ["other-1", "other", "noncompliant"],
  ]);
});
