import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { toJson, type Manifest } from "../../../lib/app/audit/checkpoint.ts";
import { flatLayout, partitionedLayout } from "../../../lib/app/audit/layout.ts";
import { publishReport, type PublishReportDeps } from "../../../lib/app/report/publish-report.ts";
import { InputError } from "../../../lib/core/errors.ts";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { evaluationLine, findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { EMPTY_SUMMARY } from "../../../lib/core/report/summary.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { AT, sleepingClock } from "../audit-world.ts";

const FINDINGS = "findings/run=r1/b.ndjson.gz";

const evaluation: Evaluation = {
  type: "huawei:iam:user",
  account: "d0001",
  region: "global",
  id: "u1",
  compliance: "compliant",
  missing: [],
  invalid: [],
  nearMisses: [],
  broken: [],
  policies: ["everything"],
};

const MANIFEST: Manifest = { evaluations: [], findings: [], known: {}, repairs: [] };

/** A run of two shards that found one compliant and one noncompliant resource. */
async function finished() {
  const objects = memoryObjects();
  const deps = { objects, runs: objectRunStore(objects), layout: flatLayout, clock: sleepingClock() };
  await deps.runs.create({ run: "r1", startedAt: AT - 60_000, at: AT, policyHash: "abc", shards: ["a", "b"] });
  const found: Evaluation = {
    ...evaluation,
    id: "u2",
    compliance: "noncompliant",
    missing: ["env"],
    broken: [{ policy: "everything", keys: ["env"] }],
  };
  await objects.put(FINDINGS, gzipSync(`${evaluationLine(found)}\n`));
  await objects.put("s/a", toJson({ manifest: MANIFEST, summary: summarise([evaluation]) }));
  await objects.put("s/b", toJson({ manifest: { ...MANIFEST, findings: [FINDINGS] }, summary: summarise([found]) }));
  return deps;
}
type Deps = Awaited<ReturnType<typeof finished>>;

const COMPARED = { ...EMPTY_SUMMARY.changes, compared: 1, new: 1, fixed: 1 };

/** A day later another resource is noncompliant, and the first one no more. */
async function publishSecond(deps: Omit<Deps, "layout"> & PublishReportDeps, { failed = false } = {}) {
  const { objects, runs, clock } = deps;
  await clock.sleep(86_400_000);
  const plan = { run: "r2", startedAt: clock.now(), at: clock.now(), policyHash: "abc", previous: "r1" };
  await runs.create({ ...plan, shards: ["a", "b"] });
  const found: Evaluation = {
    ...evaluation,
    id: "u3",
    compliance: "noncompliant",
    missing: ["env"],
    broken: [{ policy: "everything", keys: ["env"] }],
  };
  const part = "findings/run=r2/b.ndjson.gz";
  await objects.put(part, gzipSync(`${findingLine(found, { state: "new" })}\n`));
  const manifest = { ...MANIFEST, findings: [part], known: { "huawei:iam:user": ["known/r2"] } };
  const same = { ...EMPTY_SUMMARY, changes: { ...EMPTY_SUMMARY.changes, compared: 1 } };
  await objects.put("s/a2", toJson({ manifest: MANIFEST, summary: same }));
  await objects.put("s/b2", toJson({ manifest, summary: { ...summarise([found]), changes: COMPARED } }));
  await runs.finishShard("r2", "a", { state: "done", summary: "s/a2" });
  await runs.finishShard("r2", "b", failed ? { state: "failed", reason: "no" } : { state: "done", summary: "s/b2" });
  return published(deps, "r2");
}

async function end({ runs }: Pick<Deps, "runs">, ...shards: string[]): Promise<void> {
  for (const shard of shards) await runs.finishShard("r1", shard, { state: "done", summary: `s/${shard}` });
}

async function published(deps: PublishReportDeps, run = "r1") {
  const publication = await publishReport(run, deps);
  if (publication.state !== "published") throw new Error(publication.state);
  return publication.report;
}

const read = async ({ objects }: Pick<Deps, "objects">, name: string) =>
  new TextDecoder().decode(await objects.get(name));

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
      shardCount: 2,
    });
    expect(JSON.parse(await read(deps, "history.json"))).toMatchObject([{ run: "r1", shardCount: 2 }]);
    expect(report.by.policy).toMatchObject([{ name: "everything", resources: 2, compliance: 0.5 }]);
  });

  it("writes report.json, which is the report, and report.md", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const report = await published(deps);
    expect(JSON.parse(await read(deps, "report.json"))).toEqual(report);
    expect(await read(deps, "report.md")).toMatch(/^# Tag compliance: 50\.0 %/u);
  });

  it("writes a page with links from where it stands to the findings", async () => {
    const deps = { ...(await finished()), layout: partitionedLayout };
    await end(deps, "a", "b");
    await published(deps);
    const page = await read(deps, "reports/run=r1/report.html");
    expect(page).toContain('href="../../findings/run%3Dr1/b.ndjson.gz"');
    expect(page).toContain("1 of the 2 resources");
  });

  it("stands as the latest report too, until a later run has one", async () => {
    const deps = { ...(await finished()), layout: partitionedLayout };
    await end(deps, "a", "b");
    await published(deps);
    for (const file of ["report.html", "report.json", "report.md"]) {
      expect(await read(deps, `reports/latest/${file}`)).toBe(await read(deps, `reports/run=r1/${file}`));
    }
    await publishSecond(deps);
    expect(JSON.parse(await read(deps, "reports/latest/report.json"))).toMatchObject({ run: "r2" });
  });

  it("does not take the latest report's place where a later run was published before", async () => {
    const deps = { ...(await finished()), layout: partitionedLayout };
    await end(deps, "a", "b");
    await publishSecond(deps);
    await published(deps);
    expect(JSON.parse(await read(deps, "reports/latest/report.json"))).toMatchObject({ run: "r2" });
  });

  it("says what the policies of the run exempt", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const exempt = { reason: "legacy", expires: "2026-12-31", expired: false };
    const exemptions = async ({ policyHash }: { policyHash: string }) => [{ ...exempt, reason: policyHash }];
    expect((await published({ ...deps, exemptions })).exemptions).toEqual([{ ...exempt, reason: "abc", resources: 0 }]);
  });

  it("goes without exemptions where the policies are gone, and says so", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const exemptions = () => Promise.reject(new InputError("the policies abc are gone"));
    const report = await published({ ...deps, exemptions });
    expect(report).not.toHaveProperty("exemptions");
    expect(report.coverage.notes).toEqual(["Exemptions: the policies abc are gone"]);
  });

  it("says what is new since the run before, and draws the trend of both", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    expect((await published(deps)).survey).not.toHaveProperty("changes");
    const second = await publishSecond(deps);
    expect(second.survey?.changes).toMatchObject({ since: "r1", new: 1, fixed: 1, open: 0, compared: 2 });
    expect(await read(deps, "report.html")).toContain("Compliance of the last 2 runs");
    const history = JSON.parse(await read(deps, "history.json")) as { run: string }[];
    expect(history.map(({ run }) => run)).toEqual(["r1", "r2"]);
  });

  it("does not count as fixed what a failed shard has not seen", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    await published(deps);
    const second = await publishSecond(deps, { failed: true });
    expect(second.survey?.changes).toMatchObject({ new: 0, fixed: 0, open: 0, compared: 1, shards: 2 });
  });

  it("hands on to the next run what it has seen, and what the run before knew of the rest", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    await published(deps);
    const known = "history/run=r1/known-findings.json";
    const earlier = { a: { "huawei:iam:user": ["known/a1"] }, b: { "huawei:iam:agency": ["known/b1"] } };
    await deps.objects.put(known, new TextEncoder().encode(JSON.stringify(earlier)));
    await publishSecond(deps);
    expect(JSON.parse(await read(deps, "history/run=r2/known-findings.json"))).toEqual({
      a: earlier.a,
      b: { "huawei:iam:agency": ["known/b1"], "huawei:iam:user": ["known/r2"] },
    });
  });

  it.each([
    ["history.json", "history.json: is not the history of audits"],
    ["history/run=r1/known-findings.json", "known-findings.json: does not say what earlier audits found"],
  ])("goes without a damaged %s and says so", async (name, message) => {
    const deps = await finished();
    await end(deps, "a", "b");
    await published(deps);
    await deps.objects.put(name, new TextEncoder().encode("{"));
    expect((await publishSecond(deps)).coverage.notes.join()).toContain(message);
  });

  it("names a findings part that is cut off", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const whole = await deps.objects.get(FINDINGS);
    await deps.objects.put(FINDINGS, (whole ?? new Uint8Array()).subarray(0, -9));
    const report = await published(deps);
    expect(report.gaps).toEqual([{ shard: "b", reason: `${FINDINGS}: is not a whole gzip file; run the audit again` }]);
    expect(report.complete).toBe(false);
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

  it("lists the parts of a run twice, however many shards it has", async () => {
    const deps = await finished();
    await end(deps, "a", "b");
    const listed: string[] = [];
    const list = (prefix: string) => {
      listed.push(prefix);
      return deps.objects.list(prefix);
    };
    await published({ ...deps, objects: { ...deps.objects, list } });
    expect(listed).toEqual(["evaluations/", "findings/"]);
  });

  it("refuses a run that never was", async () => {
    await expect(publishReport("never", await finished())).rejects.toThrow("there is no such run");
  });
});
