import { gunzipSync, gzipSync } from "node:zlib";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RunPlan, RunStore, ShardResult } from "../../app/ports/runs.ts";
import { InputError } from "../../core/errors.ts";

export interface DynamoRunStoreOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
  /** Milliseconds since the epoch: when a record of a run that started at `startedAt` may go. Default: 400 days on. */
  readonly expiresAt?: (startedAt: number) => number;
}

const KEPT_MS = 400 * 24 * 3600 * 1000;

/**
 * Runs in DynamoDB, safe for any number of functions at once, without transactions. A run is one item
 * (`pk` = `run#<run>`, `sk` = `plan`) with the set of the shards that are still pending, by number, and one item per
 * ended shard. A shard's result is written first, conditionally, and only then is it taken out of the set; a crash
 * between the two is healed by the redelivered message, which does the second step.
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
  const readPlanItem = async (run: string) => {
    const { db, sdk } = await open();
    const { Item } = await db.send(
      new sdk.GetItemCommand({ TableName: table, Key: key(run, "plan"), ConsistentRead: true }),
    );
    return Item;
  };
  const existingPlanItem = async (run: string) => {
    const item = await readPlanItem(run);
    if (item === undefined) throw new InputError(`run ${run}: there is no such run`);
    return item;
  };

  return {
    async create(plan) {
      const { db, sdk } = await open();
      const numbers = plan.shards.map((_, number) => String(number));
      const put = await ifHolds(() =>
        db.send(
          new sdk.PutItemCommand({
            TableName: table,
            Item: {
              ...key(plan.run, "plan"),
              plan: { B: gzipSync(JSON.stringify(plan)) },
              expiresAt: { N: String(Math.floor(expiresAt(plan.startedAt) / 1000)) },
              ...(numbers.length > 0 && { pending: { NS: numbers } }),
            },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
      return put !== undefined;
    },

    async read(run) {
      const item = await readPlanItem(run);
      if (item === undefined) return undefined;
      const { db, sdk } = await open();
      const results = new Map<string, ShardResult>();
      let from: Record<string, AttributeValue> | undefined;
      do {
        const page = await db.send(
          new sdk.QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :shard)",
            ExpressionAttributeValues: { ":pk": { S: `run#${run}` }, ":shard": { S: "shard#" } },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        for (const { sk, result } of page.Items ?? []) {
          results.set((sk?.S ?? "").slice("shard#".length), JSON.parse(result?.S ?? "") as ShardResult);
        }
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return { plan: planOf(item), results, published: item["published"]?.BOOL === true };
    },

    async result(run, shard) {
      const { db, sdk } = await open();
      const { Item } = await db.send(
        new sdk.GetItemCommand({ TableName: table, Key: key(run, `shard#${shard}`), ConsistentRead: true }),
      );
      return Item && (JSON.parse(Item["result"]?.S ?? "") as ShardResult);
    },

    async finishShard(run, shard, result) {
      const item = await existingPlanItem(run);
      const plan = planOf(item);
      const number = plan.shards.indexOf(shard);
      if (number < 0) throw new InputError(`run ${run}: it has no shard ${shard}`);
      const { db, sdk } = await open();
      const recorded = await ifHolds(() =>
        db.send(
          new sdk.PutItemCommand({
            TableName: table,
            Item: {
              ...key(run, `shard#${shard}`),
              result: { S: JSON.stringify(result) },
              expiresAt: { N: String(Math.floor(expiresAt(plan.startedAt) / 1000)) },
            },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
      // Taking a number out of a set that no longer holds it changes nothing, so this needs no condition.
      const { Attributes } = await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: key(run, "plan"),
          UpdateExpression: "DELETE pending :number",
          ExpressionAttributeValues: { ":number": { NS: [String(number)] } },
          ReturnValues: "ALL_NEW",
        }),
      );
      return { recorded: recorded !== undefined, remaining: Attributes?.["pending"]?.NS?.length ?? 0 };
    },

    async claimReport(run, now, leaseMs) {
      await existingPlanItem(run);
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
      await existingPlanItem(run);
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

function planOf(item: Readonly<Record<string, AttributeValue>>): RunPlan {
  const bytes = item["plan"]?.B;
  if (bytes === undefined) throw new Error("a run's record in DynamoDB has no plan");
  return JSON.parse(gunzipSync(bytes).toString()) as RunPlan;
}
