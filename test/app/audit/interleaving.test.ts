import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { shardSummaryFrom } from "../../../lib/app/audit/checkpoint.ts";
import { readNdjson } from "../../../lib/app/audit/ndjson.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { ObjectStore } from "../../../lib/app/ports/objects.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import * as fc from "../../properties.ts";
import { AT, auditWorld, keyOf, policies, resource, truth, written } from "../audit-world.ts";

class Crash extends Error {}

/** Small enough for many runs: three accounts, eight shards, 58 resources. */
const resources = () => ({
  alibaba: Array.from({ length: 40 }, (_, n) => resource("alibaba:apigateway:apiGroup", "cn-hangzhou", n)),
  huawei: Array.from({ length: 6 }, (_, n) => resource("huawei:iam:user", "global", n)),
  aws: Array.from({ length: 12 }, (_, n) => resource("aws:ec2:instance", "us-east-1", n)),
});

/** Seeded numbers in [0, 1): which operation waits how long, and which one crashes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Every operation takes a random number of turns, so that attempts overtake each other; some end in a crash. */
function unsteady(objects: ObjectStore, random: () => number, crashes: () => boolean): ObjectStore {
  const step = async <T>(operation: () => Promise<T>): Promise<T> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn();
    if (crashes() && random() < 0.04) throw new Crash("before");
    const result = await operation();
    if (crashes() && random() < 0.04) throw new Crash("after");
    return result;
  };
  return {
    put: (name, body) => step(() => objects.put(name, body)),
    get: (name) => step(() => objects.get(name)),
    list: (prefix) => step(() => objects.list(prefix)),
    remove: (names) => step(() => objects.remove(names)),
  };
}

/** Delivers each message once or more, several at once, again after a crash, until the queue is empty. */
async function deliverAll(world: ReturnType<typeof auditWorld>, random: () => number): Promise<void> {
  const { queue } = world.deps;
  const deps = { ...world.deps, reserveMs: 0, sizes: { window: 10, sightingsHeld: 15, linesPerPart: 8 } };
  const worker = async (): Promise<void> => {
    for (let message = queue.shards.shift(); message !== undefined; message = queue.shards.shift()) {
      if (random() < 0.3) queue.shards.push(message);
      let checks = Math.floor(random() * 12) + 6;
      const deadline = { remainingMs: () => ((checks -= 1) > 0 ? 1_000_000 : 0) };
      try {
        await auditShard(message, deps, deadline);
      } catch {
        // Whatever it was, the message was not acknowledged.
        queue.shards.push(message);
      }
      await turn();
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

async function manifestLines(world: ReturnType<typeof auditWorld>, objects: ObjectStore): Promise<Evaluation[]> {
  const lines: Evaluation[] = [];
  for (const result of (await world.deps.runs.read("r1"))?.results.values() ?? []) {
    const body = result.state === "done" ? await objects.get(result.summary) : undefined;
    if (body === undefined) throw new Error("a shard has no summary");
    for (const name of shardSummaryFrom(body).manifest.evaluations) {
      const part = await objects.get(name);
      if (part === undefined) throw new Error(`${name} is in a manifest and gone`);
      lines.push(...readNdjson(part).map((line) => JSON.parse(line) as Evaluation));
    }
  }
  return lines;
}

describe("an audit whose messages are doubled, overtaken and cut off", () => {
  it("evaluates every resource once and publishes its report once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seeded(seed);
        let crashing = true;
        const objects = memoryObjects();
        const world = auditWorld({ resources: resources(), objects: unsteady(objects, random, () => crashing) });
        const started = { run: "r1", startedAt: AT, at: AT, policyHash: policies.hash };
        for (let done = false; !done;) {
          try {
            const plan = await startAudit(started, world.deps);
            done = plan.shards.length > 0;
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
          }
        }
        const messages = world.deps.queue.shards.slice(-8);
        await deliverAll(world, random);

        expect(world.deps.queue.reports.length).toBeGreaterThan(0);
        const publish = async (run: string): Promise<string> => {
          try {
            return (await publishReport(run, world.deps)).state;
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            return "crashed";
          }
        };
        const states: string[] = [];
        const publishThrice = async (): Promise<void> => {
          states.push(...(await Promise.all(["r1", "r1", "r1"].map(publish))));
          await world.clock.sleep(16 * 60 * 1000);
        };
        for (let tries = 0; tries < 40; tries++) await publishThrice();
        // However often it crashed, what it left behind keeps nobody from publishing.
        crashing = false;
        await publishThrice();
        // A crash between marking and answering is the one way to publish without anybody hearing of it.
        expect(states.filter((state) => state === "published").length).toBeLessThanOrEqual(1);
        expect((await world.deps.runs.read("r1"))?.published).toBe(true);

        const expected = truth(world.providers);
        const lines = await manifestLines(world, objects);
        expect(lines.map(keyOf).toSorted()).toEqual([...expected.keys()].toSorted());
        for (const line of lines) expect(line).toEqual(expected.get(keyOf(line)));

        // One more delivery clears away what crashed attempts left.
        for (const message of messages)
          expect(await auditShard(message, world.deps, { remainingMs: () => 0 })).toBe("already-done");
        expect((await written(objects, "evaluations")).length).toBe(expected.size);
        const report = JSON.parse(new TextDecoder().decode(await objects.get("report.json"))) as { resources: number };
        expect(report.resources).toBe(expected.size);
      }),
      { numRuns: 25 },
    );
  });
});
