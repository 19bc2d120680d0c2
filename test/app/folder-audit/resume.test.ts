import { describe, expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import type { RunAuditOptions } from "../../../lib/app/folder-audit/run-audit.ts";
import type { ObjectStore } from "../../../lib/app/ports/objects.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { AT, auditWorld, policies, resource, written } from "../audit-world.ts";

class Killed extends Error {}

/** After this many operations nothing works any more, as for a process that was killed. */
function killedAfter(objects: ObjectStore, operations: number): ObjectStore {
  let left = operations;
  const live = <T>(operation: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) throw new Killed();
    return operation();
  };
  return {
    put: async (name, body) => live(() => objects.put(name, body)),
    get: async (name) => live(() => objects.get(name)),
    list: async (prefix) => live(() => objects.list(prefix)),
    remove: async (names) => live(() => objects.remove(names)),
  };
}

const resources = () => ({
  alibaba: Array.from({ length: 130 }, (_, n) => resource("alibaba:apigateway:apiGroup", "cn-hangzhou", n)),
  huawei: Array.from({ length: 9 }, (_, n) => resource("huawei:iam:user", "global", n)),
  aws: Array.from({ length: 20 }, (_, n) => resource("aws:ec2:instance", "us-east-1", n)),
});

async function audit(
  objects: ObjectStore,
  { resume, handOnAfterMs = 60_000 }: Pick<RunAuditOptions, "resume" | "handOnAfterMs"> = {},
) {
  const { deps, clock, providers } = auditWorld({ resources: resources(), objects });
  if (resume !== undefined) await clock.sleep(3_600_000);
  const options = { ...deps, runs: objectRunStore(objects), policies, clock, out: "DIR", at: AT };
  const sizes = { window: 30, linesPerPart: 40 };
  const { result } = await runAudit({ ...options, ...(resume !== undefined && { resume }), sizes, handOnAfterMs });
  const made = providers.flatMap((provider) => Object.values(provider.calls())).reduce((sum, calls) => sum + calls, 0);
  return { run: result.run, made };
}

async function outcome(objects: ObjectStore) {
  const report = JSON.parse(new TextDecoder().decode(await objects.get("report.json"))) as Record<string, unknown>;
  const lines = (await written(objects, "evaluations")).map((line) => JSON.stringify(line)).toSorted();
  return { lines, report: { ...report, startedAt: "", finishedAt: "" } };
}

describe("an audit that is killed and resumed", () => {
  it.each([60_000, 300])(
    "ends in the evaluations and the report of one that was not, wherever it was killed (checkpoints every %i ms)",
    async (handOnAfterMs) => {
      const whole = memoryObjects();
      const { run } = await audit(whole);
      const expected = await outcome(whole);
      let kills = 0;
      for (let operations = 16; ; operations += 7) {
        const objects = memoryObjects();
        const killed = await audit(killedAfter(objects, operations), { handOnAfterMs }).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof Killed)) throw error;
            return true;
          },
        );
        if (!killed) break;
        kills += 1;
        await audit(objects, { resume: run, handOnAfterMs });
        expect(await outcome(objects)).toEqual(expected);
      }
      expect(kills).toBeGreaterThan(20);
    },
  );

  it("goes on where its shards left their last checkpoints", async () => {
    const whole = memoryObjects();
    const { run, made } = await audit(whole);
    const kept = memoryObjects();
    let finished = 0;
    const objects: ObjectStore = {
      ...kept,
      async put(name, body) {
        // Killed where the shard of the groups, which is the largest, ends.
        if (name.startsWith("summaries/") && name.includes("hangzhou.apigateway")) finished += 1;
        if (finished > 0) throw new Killed();
        await kept.put(name, body);
      },
    };
    await expect(audit(objects, { handOnAfterMs: 300 })).rejects.toThrow(Killed);
    const resumed = await audit(kept, { resume: run, handOnAfterMs: 300 });
    expect(resumed.made).toBeLessThan(made / 2);
    expect(await outcome(kept)).toEqual(await outcome(whole));
  });

  it("has nothing to resume where nothing was started", async () => {
    await expect(audit(memoryObjects(), { resume: "2026-11-22T02-00-00-000Z" })).rejects.toThrow(
      "there is nothing to resume",
    );
  });
});
