import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunPlan, RunStore, ShardResult } from "../../lib/app/ports/runs.ts";
import { dynamoRunStore } from "../../lib/sinks/dynamo/run-store.ts";
import { fileObjects } from "../../lib/sinks/objects/files.ts";
import { memoryObjects } from "../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../lib/sinks/objects/run-store.ts";
import { openAws, TABLE } from "./aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
let directory: string;

beforeAll(async () => {
  aws = await openAws();
  directory = await mkdtemp(join(tmpdir(), "tagwarden-runs-"));
});
afterAll(async () => {
  await aws.close();
  await rm(directory, { recursive: true });
});

const stores: readonly (readonly [string, () => RunStore])[] = [
  ["memory", () => objectRunStore(memoryObjects())],
  ["files", () => objectRunStore(fileObjects(directory))],
  ["DynamoDB", () => dynamoRunStore({ client: aws.dynamodb, table: TABLE })],
];

let runs = 0;
function planOf(...shards: string[]): RunPlan {
  runs += 1;
  return { run: `run-${runs}`, startedAt: 1_795_000_000_000, at: 1_795_000_000_000, policyHash: "abc", shards };
}
const done = (summary: string) => ({ state: "done", summary }) as const;

describe.each(stores)("the run store in %s", (_, open) => {
  it("keeps the plan of a run as it was created", async () => {
    const store = open();
    const plan = planOf("a.1", "b.2");
    expect(await store.create(plan)).toBe(true);
    expect(await store.read(plan.run)).toEqual({ plan, results: new Map(), published: false });
  });

  it("knows no run that was never created", async () => {
    expect(await open().read("never")).toBeUndefined();
    expect(await open().result("never", "a")).toBeUndefined();
    await expect(open().finishShard("never", "a", done("x"))).rejects.toThrow("there is no such run");
    await expect(open().claimReport("never", 0, 1)).rejects.toThrow("there is no such run");
  });

  it("keeps the first plan where a run is created twice", async () => {
    const store = open();
    const plan = planOf("a");
    await store.create(plan);
    await store.finishShard(plan.run, "a", done("x"));
    expect(await store.create({ ...plan, policyHash: "other" })).toBe(false);
    expect((await store.read(plan.run))?.plan.policyHash).toBe("abc");
    expect(await store.result(plan.run, "a")).toEqual(done("x"));
  });

  it("counts down to none as shards end, however they end", async () => {
    const store = open();
    const plan = planOf("a", "b", "c");
    await store.create(plan);
    const failed = { state: "failed", reason: "no access" } as const;
    expect(await store.finishShard(plan.run, "b", done("x"))).toEqual({ recorded: true, remaining: 2 });
    expect(await store.finishShard(plan.run, "c", failed)).toEqual({ recorded: true, remaining: 1 });
    expect(await store.finishShard(plan.run, "a", done("y"))).toEqual({ recorded: true, remaining: 0 });
    const results = (await store.read(plan.run))?.results;
    expect(results).toEqual(
      new Map<string, ShardResult>([
        ["a", done("y")],
        ["b", done("x")],
        ["c", failed],
      ]),
    );
  });

  it("counts the first result of a shard and none after it", async () => {
    const store = open();
    const plan = planOf("a", "b");
    await store.create(plan);
    await store.finishShard(plan.run, "a", done("first"));
    expect(await store.finishShard(plan.run, "a", done("second"))).toEqual({ recorded: false, remaining: 1 });
    expect(await store.result(plan.run, "a")).toEqual(done("first"));
  });

  it("records one of many that end the same shard at once", async () => {
    const store = open();
    const plan = planOf("a", "b");
    await store.create(plan);
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_unused, n) => store.finishShard(plan.run, n % 2 === 0 ? "a" : "b", done(`${n}`))),
    );
    expect(ends.filter(({ recorded }) => recorded)).toHaveLength(2);
    expect((await store.finishShard(plan.run, "a", done("late"))).remaining).toBe(0);
  });

  it("refuses a shard that the run doesn't have", async () => {
    const store = open();
    const plan = planOf("a");
    await store.create(plan);
    await expect(store.finishShard(plan.run, "b", done("x"))).rejects.toThrow("it has no shard b");
  });

  it("lets one of many callers claim the report", async () => {
    const store = open();
    const plan = planOf();
    await store.create(plan);
    const claims = await Promise.all(Array.from({ length: 10 }, () => store.claimReport(plan.run, 1000, 500)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it("lets another claim the report once the lease is over, until it is published", async () => {
    const store = open();
    const plan = planOf();
    await store.create(plan);
    expect(await store.claimReport(plan.run, 1000, 500)).toBe(true);
    expect(await store.claimReport(plan.run, 1499, 500)).toBe(false);
    expect(await store.claimReport(plan.run, 1500, 500)).toBe(true);
    expect(await store.markPublished(plan.run)).toBe(true);
    expect(await store.markPublished(plan.run)).toBe(false);
    expect(await store.claimReport(plan.run, 9000, 500)).toBe(false);
    expect((await store.read(plan.run))?.published).toBe(true);
  });
});

describe("the run store in DynamoDB", () => {
  it("counts a shard whose result was written by a process that then crashed", async () => {
    const store = dynamoRunStore({ client: aws.dynamodb, table: TABLE });
    const plan = planOf("a", "b");
    await store.create(plan);
    const db = await aws.dynamodb();
    let sent = 0;
    const crashing = dynamoRunStore({
      table: TABLE,
      client: async () =>
        ({
          ...db,
          send: ((command: Parameters<typeof db.send>[0]) => {
            sent += 1;
            if (sent === 3) throw new Error("crashed");
            return db.send(command);
          }) as typeof db.send,
        }) as typeof db,
    });
    await expect(crashing.finishShard(plan.run, "a", done("x"))).rejects.toThrow("crashed");
    expect(await store.finishShard(plan.run, "a", done("again"))).toEqual({ recorded: false, remaining: 1 });
    expect(await store.result(plan.run, "a")).toEqual(done("x"));
  });

  it("keeps a run of 6,000 shards within one item", async () => {
    const store = dynamoRunStore({ client: aws.dynamodb, table: TABLE });
    const shards = Array.from({ length: 6000 }, (_, n) => `alibaba.${100_000_000_000 + n}.cn-hangzhou.apigateway`);
    const plan = planOf(...shards);
    await store.create(plan);
    expect((await store.read(plan.run))?.plan.shards).toEqual(shards);
    expect((await store.finishShard(plan.run, shards[5999] ?? "", done("x"))).remaining).toBe(5999);
  });
});
