import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import { runAudit } from "../../lib/app/run-audit.ts";
import { memoryObjects } from "../../lib/sinks/memory-objects.ts";
import { objectRunStore } from "../../lib/sinks/object-run-store.ts";
import { AT, auditWorld, policies, resource, written } from "./audit-world.ts";

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

async function audit(objects: ObjectStore, resume?: string) {
  const { deps, clock } = auditWorld({ resources: resources(), objects });
  if (resume !== undefined) await clock.sleep(3_600_000);
  const options = { ...deps, runs: objectRunStore(objects), policies, clock, out: "DIR", at: AT };
  return runAudit({ ...options, ...(resume !== undefined && { resume }), sizes: { window: 30, linesPerPart: 40 } });
}

async function outcome(objects: ObjectStore) {
  const report = JSON.parse(new TextDecoder().decode(await objects.get("report.json"))) as Record<string, unknown>;
  const lines = (await written(objects, "evaluations")).map((line) => JSON.stringify(line)).toSorted();
  return { lines, report: { ...report, startedAt: "", finishedAt: "" } };
}

describe("an audit that is killed and resumed", () => {
  it("ends in the evaluations and the report of one that was not, wherever it was killed", async () => {
    const whole = memoryObjects();
    const { result } = await audit(whole);
    const expected = await outcome(whole);
    let kills = 0;
    for (let operations = 16; ; operations += 7) {
      const objects = memoryObjects();
      const killed = await audit(killedAfter(objects, operations)).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return true;
        },
      );
      if (!killed) break;
      kills += 1;
      await audit(objects, result.run);
      expect(await outcome(objects)).toEqual(expected);
    }
    expect(kills).toBeGreaterThan(20);
  });

  it("has nothing to resume where nothing was started", async () => {
    await expect(audit(memoryObjects(), "2026-11-22T02-00-00-000Z")).rejects.toThrow("there is nothing to resume");
  });
});
