import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RunPlan, RunStore, ShardResult } from "../../app/ports/runs.ts";
import { chunksOf } from "../../core/chunks.ts";
import { InputError } from "../../core/errors.ts";
import { groupOf, groupShards, shardsIn, type PlacedShard } from "../../core/shard-groups.ts";

export interface DynamoRunStoreOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
  /** Milliseconds since the epoch: when a record of a run that started at `startedAt` may go. Default: 400 days on. */
  readonly expiresAt?: (startedAt: number) => number;
}

type Item = Readonly<Record<string, AttributeValue>>;

const KEPT_MS = 400 * 24 * 3600 * 1000;
const WRITES_AT_ONCE = 16;
/** Far more than a plan ever had, in characters: what unpacks to more is none. */
const LONGEST_PLAN = 64 * 1024 * 1024;

/**
 * Runs in DynamoDB, safe for any number of functions at once, without transactions. A run (`pk` = `run#<run>`) is the item
 * `plan`, and one item per ended shard. Which shards are still pending, by number, stands in the plan's item where they
 * are few. Where they are many, each item `group#<shards>#<n>` holds some of them, and `groups#<shards>` the groups that
 * are not over, so that what ending a shard costs doesn't grow with their number; `<shards>` = a hash of all of them, so
 * that a start which was cut off and one with another configuration never share a group.
 *
 * A shard's result is written first, conditionally, and only then is it taken out of the set, and its group out of the
 * groups; a crash between two of these is healed by the redelivered message, which does the rest.
 */
export function dynamoRunStore(options: DynamoRunStoreOptions): RunStore {
  const { table, client, expiresAt = (startedAt) => startedAt + KEPT_MS } = options;
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const key = (run: string, sk: string) => ({ pk: { S: `run#${run}` }, sk: { S: sk } });

  /** Runs a conditional write; undefined where its condition doesn't hold. */
  const ifHolds = async <T>(write: () => Promise<T>): Promise<T | undefined> => {
    const { ConditionalCheckFailedException } = await import("@aws-sdk/client-dynamodb");
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  const readItem = async (run: string, sk: string): Promise<Item | undefined> => {
    const { db, sdk } = await open();
    return (await db.send(new sdk.GetItemCommand({ TableName: table, Key: key(run, sk), ConsistentRead: true }))).Item;
  };
  /** False where there is such an item already, which then stays as it is. */
  const putFirst = async (run: Pick<RunPlan, "run" | "startedAt">, sk: string, content: Item): Promise<boolean> => {
    const { db, sdk } = await open();
    const expires = { expiresAt: { N: String(Math.floor(expiresAt(run.startedAt) / 1000)) } };
    const put = await ifHolds(() =>
      db.send(
        new sdk.PutItemCommand({
          TableName: table,
          Item: { ...key(run.run, sk), ...content, ...expires },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    return put !== undefined;
  };
  const existingPlan = async (run: string): Promise<StoredPlan> => {
    const item = await readItem(run, "plan");
    if (item === undefined) throw new InputError(`run ${run}: there is no such run`);
    return planIn(item);
  };
  async function* itemsOf(run: string, start: string): AsyncGenerator<Item> {
    const { db, sdk } = await open();
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await db.send(
        new sdk.QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :start)",
          ExpressionAttributeValues: { ":pk": { S: `run#${run}` }, ":start": { S: start } },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      yield* page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }
  /**
   * Takes a number out of the set `pending` of an item, and answers whether the set is empty. Taking out what is no longer
   * there changes nothing, so this needs no condition.
   */
  const takeOut = async (run: string, sk: string, number: number): Promise<boolean> => {
    const { db, sdk } = await open();
    const { Attributes } = await db.send(
      new sdk.UpdateItemCommand({
        TableName: table,
        Key: key(run, sk),
        UpdateExpression: "DELETE pending :number",
        ExpressionAttributeValues: { ":number": { NS: [String(number)] } },
        ReturnValues: "ALL_NEW",
      }),
    );
    return Attributes?.["pending"] === undefined;
  };
  const createLarge = async (
    { shards, ...plan }: RunPlan,
    groups: readonly (readonly PlacedShard[])[],
  ): Promise<boolean> => {
    const name = createHash("sha256").update(JSON.stringify(shards)).digest("hex").slice(0, 16);
    const numbered = groups.map((group, number) => ({ group, number })).filter(({ group }) => group.length > 0);
    for (const some of chunksOf(numbered, WRITES_AT_ONCE)) {
      await Promise.all(
        some.map(({ group, number }) =>
          putFirst(plan, groupKey({ name, count: groups.length }, number), {
            shards: { B: gzipSync(JSON.stringify(group)) },
            ...pendingSet(group.map(([shard]) => shard)),
          }),
        ),
      );
    }
    await putFirst(plan, groupsKey(name), pendingSet(numbered.map(({ number }) => number)));
    // The run is there when this is.
    return putFirst(plan, "plan", {
      facts: { S: JSON.stringify(plan) },
      groups: { N: String(groups.length) },
      shards: { S: name },
    });
  };

  return {
    async create(plan) {
      if ((await readItem(plan.run, "plan")) !== undefined) return false;
      const groups = groupShards(plan.shards);
      if (groups !== undefined) return createLarge(plan, groups);
      const numbers = plan.shards.map((_, number) => number);
      return putFirst(plan, "plan", { plan: { B: gzipSync(JSON.stringify(plan)) }, ...pendingSet(numbers) });
    },

    async read(run) {
      const item = await readItem(run, "plan");
      if (item === undefined) return undefined;
      const { plan, groups, published } = planIn(item);
      const results = new Map<string, ShardResult>();
      for await (const { sk, result } of itemsOf(run, "shard#")) {
        results.set((sk?.S ?? "").slice("shard#".length), JSON.parse(result?.S ?? "") as ShardResult);
      }
      if (groups === undefined) return { plan, results, published };
      const placed: (readonly PlacedShard[])[] = [];
      for await (const group of itemsOf(run, `group#${groups.name}#`)) placed.push(shardsOf(group));
      return { plan: { ...plan, shards: shardsIn(placed) }, results, published };
    },

    async result(run, shard) {
      const item = await readItem(run, `shard#${shard}`);
      return item && (JSON.parse(item["result"]?.S ?? "") as ShardResult);
    },

    async finishShard(run, shard, result) {
      const { plan, groups, published } = await existingPlan(run);
      const group = groups && groupOf(shard, groups.count);
      const sk = groups === undefined || group === undefined ? "plan" : groupKey(groups, group);
      const placed =
        groups === undefined
          ? plan.shards.map((id, number): PlacedShard => [number, id])
          : shardsOf((await readItem(run, sk)) ?? {});
      const [number] = placed.find(([, id]) => id === shard) ?? [];
      if (number === undefined) throw new InputError(`run ${run}: it has no shard ${shard}`);
      const recorded = await putFirst(plan, `shard#${shard}`, { result: { S: JSON.stringify(result) } });
      let complete = await takeOut(run, sk, number);
      if (complete && groups !== undefined && group !== undefined) {
        complete = await takeOut(run, groupsKey(groups.name), group);
      }
      return { recorded, complete, published };
    },

    async claimReport(run, now, leaseMs) {
      await existingPlan(run);
      const { db, sdk } = await open();
      const claimed = await ifHolds(() =>
        db.send(
          new sdk.UpdateItemCommand({
            TableName: table,
            Key: key(run, "plan"),
            UpdateExpression: "SET claimedUntil = :until",
            ConditionExpression:
              "attribute_not_exists(published) AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)",
            ExpressionAttributeValues: { ":until": { N: String(now + leaseMs) }, ":now": { N: String(now) } },
          }),
        ),
      );
      return claimed !== undefined;
    },

    async markPublished(run) {
      await existingPlan(run);
      const { db, sdk } = await open();
      const marked = await ifHolds(() =>
        db.send(
          new sdk.UpdateItemCommand({
            TableName: table,
            Key: key(run, "plan"),
            UpdateExpression: "SET published = :yes",
            ConditionExpression: "attribute_not_exists(published)",
            ExpressionAttributeValues: { ":yes": { BOOL: true } },
          }),
        ),
      );
      return marked !== undefined;
    },
  };
}

/** The groups of a run: the name that they have in common, and how many there are. */
interface Groups {
  readonly name: string;
  readonly count: number;
}

interface StoredPlan {
  /** Without its shards where they are in groups. */
  readonly plan: RunPlan;
  readonly groups?: Groups;
  readonly published: boolean;
}

function groupKey({ name }: Groups, group: number): string {
  return `group#${name}#${group}`;
}

function groupsKey(name: string): string {
  return `groups#${name}`;
}

/** DynamoDB has no empty sets. */
function pendingSet(numbers: readonly number[]): Item {
  return numbers.length === 0 ? {} : { pending: { NS: numbers.map(String) } };
}

/** The item `plan`, also as earlier versions wrote it, who put any number of shards into it. */
function planIn(item: Item): StoredPlan {
  const published = item["published"]?.BOOL === true;
  const { plan, facts, groups, shards } = item;
  if (plan?.B !== undefined) return { plan: JSON.parse(unpacked(plan.B)) as RunPlan, published };
  if (facts?.S === undefined || groups?.N === undefined || shards?.S === undefined) {
    throw new Error("a run's record in DynamoDB has no plan");
  }
  const parsed = JSON.parse(facts.S) as Omit<RunPlan, "shards">;
  return { plan: { ...parsed, shards: [] }, groups: { name: shards.S, count: Number(groups.N) }, published };
}

function shardsOf({ shards }: Item): readonly PlacedShard[] {
  if (shards?.B === undefined) throw new Error("a run's record in DynamoDB lacks a group of its shards");
  return JSON.parse(unpacked(shards.B)) as PlacedShard[];
}

function unpacked(bytes: Uint8Array): string {
  return gunzipSync(bytes, { maxOutputLength: LONGEST_PLAN }).toString();
}
