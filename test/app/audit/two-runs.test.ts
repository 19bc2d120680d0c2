import { describe, expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { shardSummaryFrom } from "../../../lib/app/audit/checkpoint.ts";
import { partitionedLayout } from "../../../lib/app/audit/layout.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { AT, auditWorld, policies } from "../audit-world.ts";

const NO_HURRY = { remainingMs: () => Infinity };

function shared() {
  const world = auditWorld();
  return { ...world, deps: { ...world.deps, layout: partitionedLayout } };
}

describe("two runs at once in one place", () => {
  it("count each resource once each, whatever the order in which their shards end", async () => {
    const { deps } = shared();
    for (const run of ["r1", "r2"]) {
      await startAudit({ run, startedAt: AT, at: AT, policyHash: policies.hash }, deps);
    }
    const messages = deps.queue.shards.splice(0);
    await Promise.all(
      messages
        .toSorted((a, b) => (a.shard.id < b.shard.id ? -1 : 1))
        .map((message) => auditShard(message, deps, NO_HURRY)),
    );
    expect(deps.queue.reports.toSorted()).toEqual(["r1", "r2"]);
    const reports = [await publishReport("r1", deps), await publishReport("r2", deps)];
    for (const one of reports) {
      expect(one.state === "published" && [one.report.resources, one.report.complete]).toEqual([1223, true]);
    }
  });
});

describe("a findings part of which half is there", () => {
  it("is a gap that names the part, and the report is published all the same", async () => {
    const { deps } = shared();
    await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, deps);
    for (const message of deps.queue.shards.splice(0)) await auditShard(message, deps, NO_HURRY);
    const record = await deps.runs.read("r1");
    const [shard, result] = [...(record?.results ?? [])].find(([id]) => id.endsWith("cn-hangzhou.apigateway")) ?? [];
    const summary = result?.state === "done" ? await deps.objects.get(result.summary) : undefined;
    const [part = ""] = summary === undefined ? [] : shardSummaryFrom(summary).manifest.findings;
    const whole = (await deps.objects.get(part)) ?? new Uint8Array();
    await deps.objects.put(part, whole.subarray(0, whole.length / 2));
    const publication = await publishReport("r1", deps);
    const gaps = publication.state === "published" ? publication.report.gaps : [];
    expect(gaps).toEqual([{ shard, reason: `${part}: is not a whole gzip file; run the audit again` }]);
  });
});
