import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
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
const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `shard-${n}`);
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
    expect(await store.finishShard(plan.run, "b", done("x"))).toEqual({
      recorded: true,
      complete: false,
      published: false,
    });
    expect(await store.finishShard(plan.run, "c", failed)).toEqual({
      recorded: true,
      complete: false,
      published: false,
    });
    expect(await store.finishShard(plan.run, "a", done("y"))).toEqual({
      recorded: true,
      complete: true,
      published: false,
    });
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
    expect(await store.finishShard(plan.run, "a", done("second"))).toEqual({
      recorded: false,
      complete: false,
      published: false,
    });
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
    expect((await store.finishShard(plan.run, "a", done("late"))).complete).toBe(true);
  });

  it("refuses a shard that the run doesn't have", async () => {
    const store = open();
    const plan = planOf("a");
    await store.create(plan);
    await expect(store.finishShard(plan.run, "b", done("x"))).rejects.toThrow("it has no shard b");
  });

  it("keeps the plan of a run of many shards as it was created", async () => {
    const store = open();
    const plan = planOf(...many(1_000));
    expect(await store.create(plan)).toBe(true);
    expect(await store.read(plan.run)).toEqual({ plan, results: new Map(), published: false });
    expect(await store.create({ ...plan, shards: many(900) })).toBe(false);
    expect((await store.read(plan.run))?.plan).toEqual(plan);
  });

  it("tells of a run of many shards that it is complete when the last one has ended, and not before", async () => {
    const store = open();
    const plan = planOf(...many(150));
    await store.create(plan);
    for (const [number, shard] of plan.shards.entries()) {
      const finish = await store.finishShard(plan.run, shard, done(shard));
      expect(finish).toEqual({ recorded: true, complete: number === 149, published: false });
    }
    expect((await store.read(plan.run))?.results).toEqual(new Map(plan.shards.map((shard) => [shard, done(shard)])));
    expect(await store.result(plan.run, "shard-7")).toEqual(done("shard-7"));
  });

  it("tells at least one of those who end many shards at once, and whoever comes late", async () => {
    const store = open();
    const plan = planOf(...many(200));
    await store.create(plan);
    const ends = await Promise.all(
      plan.shards.flatMap((shard) => [1, 2].map((n) => store.finishShard(plan.run, shard, done(`${n}`)))),
    );
    expect(ends.filter(({ recorded }) => recorded)).toHaveLength(200);
    expect(ends.some(({ complete }) => complete)).toBe(true);
    await store.claimReport(plan.run, 0, 1);
    await store.markPublished(plan.run);
    expect(await store.finishShard(plan.run, "shard-3", done("late"))).toEqual({
      recorded: false,
      complete: true,
      published: true,
    });
  });

  it("refuses a shard that a run of many doesn't have", async () => {
    const store = open();
    const plan = planOf(...many(200));
    await store.create(plan);
    await expect(store.finishShard(plan.run, "shard-200", done("x"))).rejects.toThrow("it has no shard shard-200");
    expect(await store.result(plan.run, "shard-200")).toBeUndefined();
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

/** A store whose process crashes before its call with this number, and tells what its calls cost. */
async function watchedStore(crashAt = Infinity) {
  const db = await aws.dynamodb();
  const cost = { calls: 0, units: 0, largest: 0 };
  const send = async (command: { readonly input: object }) => {
    cost.calls += 1;
    if (cost.calls >= crashAt) throw new Error("crashed");
    Object.assign(command.input, { ReturnConsumedCapacity: "TOTAL" });
    const answer = await db.send(command as Parameters<typeof db.send>[0]);
    const { ConsumedCapacity } = answer as { ConsumedCapacity?: { CapacityUnits?: number } };
    cost.units += ConsumedCapacity?.CapacityUnits ?? 0;
    cost.largest = Math.max(cost.largest, ConsumedCapacity?.CapacityUnits ?? 0);
    return answer;
  };
  const client = async () => ({ ...db, send: send as typeof db.send }) as typeof db;
  return { store: dynamoRunStore({ table: TABLE, client }), cost };
}

describe("the run store in DynamoDB", () => {
  it.each([1, 2, 3, 4, 5])(
    "ends a run although a process crashed before its call %i for the last shard",
    async (call) => {
      const { store } = await watchedStore();
      const plan = planOf(...many(130));
      await store.create(plan);
      const last = plan.shards[0] ?? "";
      for (const shard of plan.shards.slice(1)) await store.finishShard(plan.run, shard, done("x"));
      const crashing = await watchedStore(call);
      await expect(crashing.store.finishShard(plan.run, last, done("y"))).rejects.toThrow("crashed");
      const again = await store.finishShard(plan.run, last, done("z"));
      expect(again).toEqual({ recorded: call <= 3, complete: true, published: false });
      expect(await store.result(plan.run, last)).toEqual(done(call <= 3 ? "z" : "y"));
    },
  );

  it("creates a run whose start was cut off at any point, also where the configuration has changed", async () => {
    const plan = planOf(...many(200));
    const other = { ...plan, shards: plan.shards.map((shard) => `other-${shard}`) };
    for (let call = 1; call < 8; call += 1) {
      const crashing = await watchedStore(call);
      await expect(crashing.store.create(call % 2 === 0 ? plan : other)).rejects.toThrow("crashed");
    }
    const { store } = await watchedStore();
    expect(await store.read(plan.run)).toBeUndefined();
    expect(await store.create(plan)).toBe(true);
    expect((await store.read(plan.run))?.plan).toEqual(plan);
    for (const shard of plan.shards) await store.finishShard(plan.run, shard, done("x"));
    expect((await store.finishShard(plan.run, "shard-0", done("x"))).complete).toBe(true);
  });

  it("brings nothing back that has ended where two starts create one run at once", async () => {
    const [one, two] = [(await watchedStore()).store, (await watchedStore()).store];
    const plan = planOf(...many(200));
    const slow = two.create(plan);
    const [created] = await Promise.all([one.create(plan), slow]);
    expect([created, await slow].filter(Boolean)).toHaveLength(1);
    for (const shard of plan.shards) await one.finishShard(plan.run, shard, done("x"));
    expect((await one.finishShard(plan.run, "shard-0", done("x"))).complete).toBe(true);
  });

  it("takes the same capacity for a shard of 6,400 as for one of 400, and no item of more than two kilobytes", async () => {
    const unitsOf = async (count: number) => {
      const shards = Array.from({ length: count }, (_, n) => `aws.${100_000_000_000 + 7919 * n}.eu-central-1.all`);
      const plan = planOf(...shards);
      const create = await watchedStore();
      await create.store.create(plan);
      const finish = await watchedStore();
      for (let n = 0; n < 50; n += 1)
        await finish.store.finishShard(plan.run, shards[n * 7] ?? "", done("x".repeat(150)));
      return { create: create.cost.units / count, finish: finish.cost.units / 50, largest: finish.cost.largest };
    };
    const [small, large] = [await unitsOf(400), await unitsOf(6_400)];
    expect(large.finish).toBeLessThanOrEqual(1.1 * small.finish);
    expect(large.create).toBeLessThanOrEqual(1.1 * small.create);
    expect(large.finish).toBeLessThanOrEqual(6);
    expect(large.largest).toBeLessThanOrEqual(2);
  });

  it("ends a run of an earlier version, whose item holds all of its shards", async () => {
    const db = await aws.dynamodb();
    const plan = planOf(...many(6_000));
    await db.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: {
          pk: { S: `run#${plan.run}` },
          sk: { S: "plan" },
          plan: { B: gzipSync(JSON.stringify(plan)) },
          pending: { NS: ["17", "5999"] },
        },
      }),
    );
    const { store } = await watchedStore();
    expect((await store.read(plan.run))?.plan).toEqual(plan);
    expect(await store.create(plan)).toBe(false);
    expect((await store.finishShard(plan.run, "shard-5999", done("x"))).complete).toBe(false);
    expect((await store.finishShard(plan.run, "shard-17", done("x"))).complete).toBe(true);
  });
});

describe("the run store in files", () => {
  it("ends a run of an earlier version, whose file holds all of its shards", async () => {
    const objects = memoryObjects();
    const plan = planOf(...many(200));
    const results = Object.fromEntries(plan.shards.slice(1).map((shard) => [shard, done("x")]));
    const record = JSON.stringify({ plan, results, claimedUntil: 0, published: false });
    await objects.put(`runs/${plan.run}.json`, new TextEncoder().encode(record));
    const store = objectRunStore(objects);
    expect((await store.read(plan.run))?.results.size).toBe(199);
    expect(await store.finishShard(plan.run, "shard-0", done("y"))).toMatchObject({ recorded: true, complete: true });
  });

  it("writes as much for a shard of 6,400 as for one of 400", async () => {
    const bytesOf = async (count: number) => {
      const objects = memoryObjects();
      let bytes = 0;
      const counting = {
        ...objects,
        put: (name: string, body: Uint8Array) => {
          bytes += body.length;
          return objects.put(name, body);
        },
      };
      const store = objectRunStore(counting);
      const plan = planOf(...many(count));
      await store.create(plan);
      bytes = 0;
      for (const shard of plan.shards.slice(0, 100)) await store.finishShard(plan.run, shard, done("x"));
      return bytes;
    };
    expect(await bytesOf(6_400)).toBeLessThanOrEqual(1.2 * (await bytesOf(400)));
  });

  it.each(["{", "null", "[]", '{"plan":{}}', '{"plan":{"shards":[]}}', '{"plan":{},"groups":"2"}', '{"groups":2}'])(
    "refuses a file that holds %s in place of a run",
    async (text) => {
      const objects = memoryObjects();
      await objects.put("runs/r1.json", new TextEncoder().encode(text));
      await expect(objectRunStore(objects).read("r1")).rejects.toThrow("runs/r1.json: is not the record of an audit");
    },
  );

  it.each([
    ["group-0.json", "null"],
    ["group-0.json", '{"shards":[]}'],
    ["group-0.json", '{"results":{}}'],
    ["groups.json", "{"],
    ["groups.json", "{}"],
  ])("refuses a run of many shards whose %s holds %s", async (name, text) => {
    const objects = memoryObjects();
    const store = objectRunStore(objects);
    const plan = planOf(...many(130));
    await store.create(plan);
    await objects.put(`runs/${plan.run}/${name}`, new TextEncoder().encode(text));
    const ends = async () => {
      for (const shard of plan.shards) await store.finishShard(plan.run, shard, done("x"));
    };
    await expect(ends()).rejects.toThrow(`runs/${plan.run}/${name}: is not part of the record`);
  });

  it("refuses a run of many shards of which a file is gone", async () => {
    for (const name of ["group-0.json", "groups.json"]) {
      const objects = memoryObjects();
      const store = objectRunStore(objects);
      const plan = planOf(...many(130));
      await store.create(plan);
      await objects.remove([`runs/${plan.run}/${name}`]);
      const ends = async () => {
        for (const shard of plan.shards) await store.finishShard(plan.run, shard, done("x"));
      };
      await expect(ends()).rejects.toThrow(`runs/${plan.run}/${name}: is not part of the record`);
    }
  });

  it("names a damaged group of a run's shards", async () => {
    const objects = memoryObjects();
    const store = objectRunStore(objects);
    const plan = planOf(...many(200));
    await store.create(plan);
    await objects.put(`runs/${plan.run}/group-0.json`, new TextEncoder().encode("{"));
    await expect(store.read(plan.run)).rejects.toThrow(`runs/${plan.run}/group-0.json: is not part of the record`);
  });
});
