import { describe, expect, it } from "vitest";
import { toJson } from "../../lib/app/audit-checkpoint.ts";
import { flatLayout } from "../../lib/app/audit-names.ts";
import { publishReport } from "../../lib/app/publish-report.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { summarise } from "../../lib/core/report/summarise.ts";
import { memoryObjects } from "../../lib/sinks/memory-objects.ts";
import { objectRunStore } from "../../lib/sinks/object-run-store.ts";
import { AT, sleepingClock } from "./audit-world.ts";

const evaluation: Evaluation = {
  type: "huawei:iam:user",
  account: "d0001",
  region: "global",
  id: "u1",
  compliance: "compliant",
  missing: [],
  invalid: [],
  nearMisses: [],
  policies: ["everything"],
};

/** A run of two shards that found one compliant and one noncompliant resource. */
async function finished() {
  const objects = memoryObjects();
  const deps = { objects, runs: objectRunStore(objects), layout: flatLayout, clock: sleepingClock() };
  await deps.runs.create({ run: "r1", startedAt: AT - 60_000, at: AT, policyHash: "abc", shards: ["a", "b"] });
  const manifest = { evaluations: [], findings: [] };
  await objects.put("s/a", toJson({ manifest, summary: summarise([evaluation]) }));
  await objects.put("s/b", toJson({ manifest, summary: summarise([{ ...evaluation, compliance: "noncompliant" }]) }));
  return deps;
}
type Deps = Awaited<ReturnType<typeof finished>>;

async function end({ runs }: Deps, ...shards: string[]): Promise<void> {
  for (const shard of shards) await runs.finishShard("r1", shard, { state: "done", summary: `s/${shard}` });
}

async function published(deps: Deps) {
  const publication = await publishReport("r1", deps);
  if (publication.state !== "published") throw new Error(publication.state);
  return publication.report;
}

const read = async ({ objects }: Deps, name: string) => new TextDecoder().decode(await objects.get(name));

describe("publishReport", () => {
  it("adds up what the shards found", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const report = await published(deps);
    expect(report).toMatchObject({
      run: "r1",
      startedAt: "2026-11-22T01:59:00.000Z",
      finishedAt: "2026-11-22T02:00:00.000Z",
      policyHash: "abc",
      complete: true,
      resources: 2,
      compliance: 0.5,
    });
    expect(report.by.policy).toMatchObject([{ name: "everything", resources: 2, compliance: 0.5 }]);
  });

  it("writes report.json, which is the report, and report.md", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const report = await published(deps);
    expect(JSON.parse(await read(deps, "report.json"))).toEqual(report);
    expect(await read(deps, "report.md")).toMatch(/^# Tag compliance: 50\.0 %/u);
  });

  it("writes the same report in whatever order the shards end", async () => {
    const [one, other] = [await finished(), await finished()];
    await end(one, "a", "b");
    await end(other, "b", "a");
    await published(one);
    await published(other);
    expect(await read(other, "report.json")).toBe(await read(one, "report.json"));
  });

  it("names a shard that failed, with the reason", async () => {
    const deps = await finished();
    await end(deps, "a");
    await deps.runs.finishShard("r1", "b", { state: "failed", reason: "Down: no answer" });
    const report = await published(deps);
    expect(report.complete).toBe(false);
    expect(report.gaps).toEqual([{ shard: "b", reason: "Down: no answer" }]);
    expect(report.resources).toBe(1);
  });

  it("names a shard that has not ended", async () => {
    const deps = await finished();
    await end(deps, "a");
    expect((await published(deps)).gaps).toEqual([{ shard: "b", reason: "it has not ended" }]);
  });

  it("names a shard whose summary is lost", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    await deps.objects.remove(["s/b"]);
    expect((await published(deps)).gaps).toEqual([{ shard: "b", reason: "its summary is lost" }]);
  });

  it("is published by one of many that try at once, and the others learn that it is taken", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const states = await Promise.all(Array.from({ length: 5 }, async () => (await publishReport("r1", deps)).state));
    expect(states.filter((state) => state === "published")).toHaveLength(1);
    expect((await publishReport("r1", deps)).state).toBe("already-published");
  });

  it("is taken over where the first publisher crashed, once its lease is over", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    await deps.runs.claimReport("r1", AT, 15 * 60_000);
    expect((await publishReport("r1", deps)).state).toBe("taken");
    await deps.clock.sleep(15 * 60_000);
    expect((await publishReport("r1", deps)).state).toBe("published");
  });

  it("refuses a run that never was", async () => {
    await expect(publishReport("never", await finished())).rejects.toThrow("there is no such run");
  });
});
