import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SentShards } from "../../app/ports/runs.ts";

export interface DynamoSentShardsOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

/** Longer than anybody starts a run anew. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** How far a start has come, in one item beside its run: `pk` = `run#<run>`, `sk` = `sent`. */
export function dynamoSentShards({ client, table }: DynamoSentShardsOptions): SentShards {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const keyOf = (run: string) => ({ pk: { S: `run#${run}` }, sk: { S: "sent" } });
  return {
    async read(run) {
      const { db, sdk } = await open();
      const { Item } = await db.send(
        new sdk.GetItemCommand({ TableName: table, Key: keyOf(run), ConsistentRead: true }),
      );
      return Number(Item?.["sent"]?.N ?? 0);
    },
    async mark({ run, startedAt }, sent) {
      const { db, sdk } = await open();
      const expires = { expiresAt: { N: String(Math.floor((startedAt + KEPT_MS) / 1000)) } };
      await db.send(
        new sdk.PutItemCommand({ TableName: table, Item: { ...keyOf(run), sent: { N: String(sent) }, ...expires } }),
      );
    },
  };
}
