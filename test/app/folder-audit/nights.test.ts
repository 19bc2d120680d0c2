import { describe, expect, it } from "vitest";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import type { MemoryFaults, MemoryResource } from "../../../lib/providers/memory.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import * as fc from "../../properties.ts";
import { AT, auditWorld, compile, written } from "../audit-world.ts";

const DAY = 86_400_000;
const TYPE = "alibaba:apigateway:apiGroup";

const policies = preparePolicies(
  compile(`
version: 1
requiredTags: { env: {}, owner: {} }
policies:
  - { name: strict, match: { types: ["${TYPE}"] }, require: [env] }
  - { name: lenient, match: { types: ["alibaba:apigateway:app"] }, require: [owner], graceDays: 3 }
`),
);

function group(id: string, tags: Record<string, string> = {}, type = TYPE): MemoryResource {
  return { type, region: "cn-hangzhou", id, tags: new Map(Object.entries(tags)) };
}

interface Night {
  readonly resources: readonly MemoryResource[];
  readonly faults?: MemoryFaults;
}

/** Audits night after night into one folder, and answers the report and the findings of each. */
async function nights(...all: readonly Night[]) {
  const objects = memoryObjects();
  const answers = [];
  for (const [night, { resources, faults = {} }] of all.entries()) {
    const { deps, clock } = auditWorld({ resources: { alibaba: [...resources] }, faults, objects });
    await clock.sleep(night * DAY);
    const runs = objectRunStore(objects);
    const sizes = { window: 3, linesPerPart: 4 };
    const { report } = await runAudit({ ...deps, runs, policies, clock, out: "DIR", sizes });
    const findings: readonly Finding[] = await written(objects, "findings");
    answers.push({ report, changes: report.survey?.changes, findings, objects });
  }
  return answers;
}

const firstSeenOf = (findings: readonly Finding[] = []) =>
  Object.fromEntries(findings.map(({ id, firstSeen = "" }) => [id, (Date.parse(firstSeen) - AT) / DAY]));

const listingFails: MemoryFaults = {
  before: ({ action }) => {
    if (!action.endsWith("DescribeApiGroups")) return;
    throw new ProviderError({ code: "Down", kind: "access", message: "no", httpStatus: 403, requestId: "" });
  },
};

describe("findings of audits, night after night", () => {
  it("are new, open, fixed or gone, whatever two nights found", async () => {
    const night = fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), fc.boolean(), { maxKeys: 25 });
    await fc.assert(
      fc.asyncProperty(night, night, async (before, now) => {
        const world = (state: Record<string, boolean>) => ({
          resources: Object.entries(state).map(([id, fine]) => group(id, fine ? { env: "prod" } : {})),
        });
        const [, second] = await nights(world(before), world(now));
        const found = (state: Record<string, boolean>) => new Set(Object.keys(state).filter((id) => !state[id]));
        const [earlier, later] = [found(before), found(now)];
        expect(second?.changes).toMatchObject({
          new: later.difference(earlier).size,
          open: later.intersection(earlier).size,
          fixed: [...earlier].filter((id) => Object.hasOwn(now, id) && !later.has(id)).length,
          gone: [...earlier].filter((id) => !Object.hasOwn(now, id)).length,
        });
        expect(firstSeenOf(second?.findings)).toEqual(
          Object.fromEntries([...later].map((id) => [id, earlier.has(id) ? 0 : 1])),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("stand alone in the first night", async () => {
    const [first] = await nights({ resources: [group("a")] });
    expect(first?.changes).toBeUndefined();
    expect(first?.findings).toMatchObject([{ id: "a", firstSeen: new Date(AT).toISOString() }]);
    expect(first?.findings[0]?.state).toBeUndefined();
  });

  it("keep the night of their first sighting through nights in which their listing failed", async () => {
    const resources = [group("a"), group("b")];
    const failed = { resources, faults: listingFails };
    const [, second, third, fourth] = await nights({ resources }, failed, failed, { resources: [group("a")] });
    expect(second?.report.complete).toBe(false);
    expect(second?.changes).toMatchObject({ new: 0, open: 0, fixed: 0, gone: 0 });
    expect(third?.findings).toEqual([]);
    expect(fourth?.changes).toMatchObject({ new: 0, open: 1, fixed: 0, gone: 1 });
    expect(firstSeenOf(fourth?.findings)).toEqual({ a: 0 });
  });

  it("stay new until the grace of their policy is over, and the counts say how many do", async () => {
    const resources = [group("group-1"), group("app-1", {}, "alibaba:apigateway:app")];
    const all = await nights({ resources }, { resources }, { resources }, { resources });
    const states = all.map(({ findings }) => findings.map(({ state }) => state ?? "alone").join(" "));
    expect(states).toEqual(["alone alone", "open new", "open new", "open open"]);
    expect(all[2]?.changes).toMatchObject({ new: 1, inGrace: 1, open: 1 });
    expect(all[3]?.changes).toMatchObject({ new: 0, inGrace: 0, open: 2 });
  });

  it("are compared with nothing, and the report says why, where what was kept of them is gone", async () => {
    const objects = memoryObjects();
    const audit = async (night: number) => {
      const { deps, clock } = auditWorld({ resources: { alibaba: [group("a")] }, objects });
      await clock.sleep(night * DAY);
      return (await runAudit({ ...deps, runs: objectRunStore(objects), policies, clock, out: "DIR" })).report;
    };
    const { run } = await audit(0);
    const parts = (await objects.list(`history/run=${run}/`)).filter((name) => name !== flatLayout.knownIndex(run));
    expect(parts).toHaveLength(1);
    await objects.remove(parts);
    const second = await audit(1);
    expect(second.coverage.notes.join()).toContain(`${parts.join()}: is gone`);
    expect(second.survey?.changes).toMatchObject({ new: 0, open: 0, gone: 0 });
  });

  it("leave no more behind than the next night needs", async () => {
    const all = await nights(...Array.from({ length: 4 }, () => ({ resources: [group("a")] })));
    const kept = (await all[3]?.objects.list("history/"))?.map((name) => name.split("/")[1]);
    expect(new Set(kept).size).toBe(2);
  });
});
